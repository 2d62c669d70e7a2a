"""Imported files: their row counts, the rejected cells and remarks, and what each row made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, digest, text


class Import(Table, table=True):
    """A stall list or a bill file; the same file again is the same import, unless it was undone."""

    __tablename__ = "import"
    __table_args__ = (Index("uq_import_file", "kind", "target", "file_hash", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(sa_type=text())
    target: str = Field(sa_type=text())
    unit_id: UUID = Field(index=True)
    unit_code: str | None = Field(default=None, sa_type=text())
    file_hash: bytes = Field(sa_type=digest())
    status: str = Field(default="completed", sa_type=text())
    total_rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    taken_by: str = Field(sa_type=text())
    taken_at: datetime = Field(sa_type=aware())
    created_by_role: str | None = Field(default=None, sa_type=text())
    created_by_body: str | None = Field(default=None, sa_type=text())
    created_by_unit: str | None = Field(default=None, sa_type=text())
    undone_at: datetime | None = Field(default=None, sa_type=aware())
    undone_by: str | None = Field(default=None, sa_type=text())
    undone: int = 0
    kept: int = 0

    def mark_undone(self, by: str, at: datetime) -> None:
        """Notes the undo; its file may be imported again."""
        self.status, self.undone_by, self.undone_at = "undone", by, at
        self.target = f"{self.target}|undone {self.id}"


class ImportRejection(Table, table=True):
    """A rejected cell, or a remark (`is_warning`), with its reason in both languages; the value is not stored.

    `column` is the heading as the file has it.
    """

    __tablename__ = "import_rejection"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    import_id: UUID = Field(foreign_key="import.id", index=True)
    row: int
    column: str = Field(sa_type=text())
    code: str = Field(sa_type=text())
    vi: str = Field(sa_type=text())
    en: str = Field(sa_type=text())
    is_warning: bool = False


class ImportRow(Table, table=True):
    """What a row of a file made or changed: the merchant or bill, its version afterwards, what it was before.

    `before` is None for a created one. `kept_because`: why an undo left it as it is.
    """

    __tablename__ = "import_row"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    import_id: UUID = Field(foreign_key="import.id", index=True)
    row: int
    entity_id: UUID
    version: int
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    kept_because: str | None = Field(default=None, sa_type=text())
