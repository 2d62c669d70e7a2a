"""Imported lists of communes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from registry.model import Table

IMPORT_CHUNK = CipherContext("registry", "import_chunk", "content")
CHUNK_BYTES = 1 << 18


class ResidentImport(Table, table=True):
    """An uploaded list: `next_row` is where the import continues after a restart; counts are exact at every moment.

    `turns`: how often it was taken up; open lists take turns, so that a long one does not make the others wait.
    `undone` and `kept` count the rows that an undo brought back and left.
    """

    __tablename__ = "resident_import"
    __table_args__ = (
        Index(
            "uq_resident_import_file",
            "unit_id",
            "file_hash",
            unique=True,
            postgresql_where="status <> 'failed' AND undo_started_at IS NULL",
        ),
        Index("ix_resident_import_open", "id", postgresql_where="status IN ('queued', 'running')"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    file_hash: bytes
    imported_by: str = Field(sa_type=Text)
    imported_role: str | None = Field(default=None, sa_type=Text)
    imported_body: str | None = Field(default=None, sa_type=Text)
    imported_unit_code: str | None = Field(default=None, sa_type=Text)
    status: str = Field(default="queued", sa_type=Text)
    failure: str | None = Field(default=None, sa_type=Text)
    next_row: int = 2
    total_rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    attempts: int = 0
    turns: int = 0
    created_at: datetime = Field(sa_type=aware())
    finished_at: datetime | None = Field(default=None, sa_type=aware())
    undo_started_at: datetime | None = Field(default=None, sa_type=aware())
    undone_at: datetime | None = Field(default=None, sa_type=aware())
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone_unit_code: str | None = Field(default=None, sa_type=Text)
    undone: int = 0
    kept: int = 0


class ImportChunk(Table, table=True):
    """A piece of an uploaded file, encrypted; deleted when the import is finished."""

    __tablename__ = "import_chunk"

    import_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class CellRemark(Table):
    """A remark on a cell (row 1: on the whole file): a stable code and both texts, never the value."""

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    column: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    vi: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)


class ImportRejection(CellRemark, table=True):
    """A rejected cell."""

    __tablename__ = "import_rejection"


class ImportWarning(CellRemark, table=True):
    """Something odd about a cell that was accepted all the same."""

    __tablename__ = "import_warning"


class ResidentUse(Table, table=True):
    """Another service holds something of this resident: a partner's event, a completed step, a visit.

    The record is not removed when the import that made it is undone, for what is held would be lost.
    """

    __tablename__ = "resident_use"

    resident_id: UUID = Field(primary_key=True)


class ImportedResident(Table, table=True):
    """What a row of a list did to a resident, so that it can be undone.

    `kind`: `created` or `updated`; `version`: the resident's after the row. `before` of an update: unit, household, and for
    every changed attribute the record of its history (null where it had no value) and the origin it had. The values
    themselves are in the history alone. `outcome`: null until an undo, then `undone` or why the row was kept.
    """

    __tablename__ = "imported_resident"
    __table_args__ = (
        Index("ix_imported_resident_kept", "import_id", "row", postgresql_where="outcome IS NOT NULL"),
        Index("ix_imported_resident_resident", "resident_id"),
    )

    import_id: UUID = Field(primary_key=True)
    resident_id: UUID = Field(primary_key=True)
    row: int
    kind: str = Field(sa_type=Text)
    version: int
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    outcome: str | None = Field(default=None, sa_type=Text)
