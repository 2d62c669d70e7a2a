"""Imported lists of communes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from registry.model import Table

IMPORT_CHUNK = CipherContext("registry", "import_chunk", "content")
CHUNK_BYTES = 1 << 18


class ResidentImport(Table, table=True):
    """An uploaded list: `next_row` is where the import continues after a restart; counts are exact at every moment."""

    __tablename__ = "resident_import"
    __table_args__ = (
        Index("uq_resident_import_file", "unit_id", "file_hash", unique=True, postgresql_where="status <> 'failed'"),
        Index("ix_resident_import_open", "id", postgresql_where="status IN ('queued', 'running')"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    file_hash: bytes
    imported_by: str = Field(sa_type=Text)
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
    created_at: datetime = Field(sa_type=aware())
    finished_at: datetime | None = Field(default=None, sa_type=aware())


class ImportChunk(Table, table=True):
    """A piece of an uploaded file, encrypted; deleted when the import is finished."""

    __tablename__ = "import_chunk"

    import_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class ImportRejection(Table, table=True):
    """A rejected cell. The message names the error, never the value."""

    __tablename__ = "import_rejection"

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    column: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    vi: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)
