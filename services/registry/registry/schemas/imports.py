"""Bodies about imported lists."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class ImportAccepted(BaseModel):
    """The list is safe; its rows are taken over in the background."""

    id: UUID
    status: str


class ImportView(BaseModel):
    """How far an import is."""

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


class RejectionView(BaseModel):
    """A refused cell; the header is row 1."""

    row: int
    column: str
    code: str
    message: str
