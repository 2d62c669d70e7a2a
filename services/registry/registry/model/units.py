"""Administrative units beyond the copy that every service has: their successors, and the words to find them by.

The units and their places in the tree are the chassis's `KnownUnit` and `KnownLineage`: written here, copied from events
elsewhere.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class UnitSuccession(Table, table=True):
    """A unit took over the whole or a part of another; the day is the successor's first. With its decree."""

    __tablename__ = "unit_succession"

    unit_id: UUID = Field(primary_key=True)
    successor_id: UUID = Field(primary_key=True, index=True)
    kind: str = Field(sa_type=Text)
    effective_on: date
    unit_import_id: UUID | None = None


class UnitWord(Table, table=True):
    """A folded word of a unit's name."""

    __tablename__ = "unit_word"

    word: str = Field(primary_key=True, sa_type=Text)
    unit_id: UUID = Field(primary_key=True, index=True)


class UnitImport(Table, table=True):
    """An imported decree, and what it changed.

    `is_recorded`: each change is in `changed_unit` and `followed_record`, so that the decree can be taken back. `undone`
    and `kept` count the units and records that an undo brought back, and those that have moved on since.
    """

    __tablename__ = "unit_import"
    __table_args__ = (Index("uq_unit_import_file", "file_hash", unique=True, postgresql_where="undone_at IS NULL"),)

    id: UUID = Field(primary_key=True)
    file_hash: bytes
    imported_by: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=aware())
    units_created: int = 0
    units_changed: int = 0
    residents_moved: int = 0
    residents_undecided: int = 0
    is_recorded: bool = False
    undone_at: datetime | None = Field(default=None, sa_type=aware())
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone: int = 0
    kept: int = 0


class ChangedUnit(Table, table=True):
    """A unit that a decree made or changed: its state before (null: it made the unit) and after, as of `UnitTree.states`."""

    __tablename__ = "changed_unit"
    __table_args__ = (Index("ix_changed_unit_unit", "unit_id"),)

    import_id: UUID = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    after: dict[str, Any] = Field(sa_type=JSONB)


class FollowedRecord(Table, table=True):
    """A record that followed its unit's successor by a decree. `kind`: its table; `code`: a household's code before.

    Where `from_unit_id` is `to_unit_id`, the resident of a village waited for an officer's decision.
    """

    __tablename__ = "followed_record"

    import_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    record_id: UUID = Field(primary_key=True)
    from_unit_id: UUID
    to_unit_id: UUID
    moved_on: date
    code: str | None = Field(default=None, sa_type=Text)


class UndecidedResident(Table, table=True):
    """A resident of a unit that was divided: an officer has to decide to which successor they belong."""

    __tablename__ = "undecided_resident"

    resident_id: UUID = Field(primary_key=True)
    from_unit_id: UUID = Field(index=True)
    unit_import_id: UUID
    decided_at: datetime | None = Field(default=None, sa_type=aware())
