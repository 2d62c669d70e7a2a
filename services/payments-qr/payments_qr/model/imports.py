"""Imported files: their row counts and the rejected cells."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, encrypted, text


class Import(Table, table=True):
    """A stall list or a bill file; the same file again is the same import."""

    __tablename__ = "import"
    __table_args__ = (Index("uq_import_file", "kind", "target", "file_hash", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(sa_type=text())
    target: str = Field(sa_type=text())
    unit_id: UUID = Field(index=True)
    file_hash: bytes = Field(sa_type=encrypted())
    status: str = Field(default="completed", sa_type=text())
    total_rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    taken_by: str = Field(sa_type=text())
    taken_at: datetime = Field(sa_type=aware())


class ImportRejection(Table, table=True):
    """A rejected cell with its reason in both languages; the value is not stored."""

    __tablename__ = "import_rejection"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    import_id: UUID = Field(foreign_key="import.id", index=True)
    row: int
    column: str = Field(sa_type=text())
    code: str = Field(sa_type=text())
    vi: str = Field(sa_type=text())
    en: str = Field(sa_type=text())
