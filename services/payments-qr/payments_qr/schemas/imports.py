"""Bodies about files that were handed in."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class ImportView(BaseModel):
    id: UUID
    status: Literal["queued", "running", "completed", "failed"]
    total_rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int


class RejectionView(BaseModel):
    """`row` counts the header as row 1."""

    row: int
    column: str
    code: str
    message: str


class BankView(BaseModel):
    bin: str
    code: str
    short_name: str
    name: str
    kind: Literal["bank", "e_wallet", "mobile_money"]
    valid_from: str | None
    valid_to: str | None
