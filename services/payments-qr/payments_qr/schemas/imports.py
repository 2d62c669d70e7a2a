"""Response bodies of imports and of the list of banks."""

from dataclasses import asdict
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from payments_qr.banks import Bank
from payments_qr.model import Import, ImportRejection


class ImportView(BaseModel):
    id: UUID
    status: Literal["queued", "running", "completed", "failed"]
    total_rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int

    @classmethod
    def of(cls, run: Import) -> Self:
        return cls.model_validate(run.model_dump())


class RejectionView(BaseModel):
    """`row` counts the header as row 1."""

    row: int
    column: str
    code: str
    message: str

    @classmethod
    def of(cls, rejection: ImportRejection, language: Language) -> Self:
        message = rejection.vi if language == "vi" else rejection.en
        return cls(row=rejection.row, column=rejection.column, code=rejection.code, message=message)


class BankView(BaseModel):
    bin: str
    code: str
    short_name: str
    name: str
    kind: Literal["bank", "e_wallet", "mobile_money"]
    valid_from: str | None
    valid_to: str | None

    @classmethod
    def of(cls, bank: Bank) -> Self:
        days = {
            "valid_from": bank.valid_from and bank.valid_from.isoformat(),
            "valid_to": bank.valid_to and bank.valid_to.isoformat(),
        }
        return cls.model_validate(asdict(bank) | days)
