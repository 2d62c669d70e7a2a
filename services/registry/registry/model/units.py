"""Administrative units beyond the copy that every service has: their successors, and the words to find them by.

The units and their places in the tree are the chassis's `KnownUnit` and `KnownLineage`: written here, copied from events
elsewhere.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class UnitSuccession(Table, table=True):
    """A unit took over the whole or a part of another; the day is the successor's first."""

    __tablename__ = "unit_succession"

    unit_id: UUID = Field(primary_key=True)
    successor_id: UUID = Field(primary_key=True, index=True)
    kind: str = Field(sa_type=Text)
    effective_on: date


class UnitWord(Table, table=True):
    """A folded word of a unit's name."""

    __tablename__ = "unit_word"

    word: str = Field(primary_key=True, sa_type=Text)
    unit_id: UUID = Field(primary_key=True, index=True)


class UnitImport(Table, table=True):
    """An imported decree, and what it changed."""

    __tablename__ = "unit_import"

    id: UUID = Field(primary_key=True)
    file_hash: bytes = Field(unique=True)
    imported_by: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=aware())
    units_created: int = 0
    units_changed: int = 0
    residents_moved: int = 0
    residents_undecided: int = 0


class UndecidedResident(Table, table=True):
    """A resident of a unit that was divided: an officer has to decide to which successor they belong."""

    __tablename__ = "undecided_resident"

    resident_id: UUID = Field(primary_key=True)
    from_unit_id: UUID = Field(index=True)
    unit_import_id: UUID
    decided_at: datetime | None = Field(default=None, sa_type=aware())
