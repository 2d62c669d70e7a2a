"""Bodies about imported lists."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from registry.model.imports import ImportRejection, ResidentImport


class ImportAccepted(BaseModel):
    """The list is stored; its rows are imported in the background."""

    id: UUID
    status: str


class ImportView(BaseModel):
    """The progress of an import."""

    id: UUID
    unit_code: str
    status: Literal["queued", "running", "completed", "failed"]
    total_rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int
    failure: str | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, record: ResidentImport) -> Self:
        """The view of an import."""
        return cls.model_validate(record.model_dump())


class RejectionView(BaseModel):
    """A rejected cell; the header is row 1."""

    row: int
    column: str
    code: str
    message: str

    @classmethod
    def of(cls, rejection: ImportRejection, language: Language) -> Self:
        """The view of a rejection in a language."""
        message = rejection.vi if language == "vi" else rejection.en
        return cls(row=rejection.row, column=rejection.column, code=rejection.code, message=message)
