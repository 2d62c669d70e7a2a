"""Bodies of imports and of the list of banks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from payments_qr.banks import Bank
from payments_qr.commands.imports import Change, ImportRun
from payments_qr.model import Import, ImportRejection, ImportRow
from payments_qr.uploads.tables import Rejection

MOST_SHOWN = 100
ImportStatus = Literal["queued", "running", "completed", "failed", "undone"]


class ImporterView(BaseModel):
    """Who made an import: the role, its body and unit; no name."""

    role: str | None
    """The caller's role (vai trò)."""
    body: str | None
    """The officer's body, such as `police` (cơ quan)."""
    unit_code: str | None
    """The officer's unit (đơn vị)."""


class ImportView(BaseModel):
    """An import (lần nhập danh sách) with its counts."""

    id: UUID
    """Id of the import."""
    status: ImportStatus
    """State of the import."""
    unit_code: str | None
    """The unit of the list (đơn vị)."""
    created_at: datetime
    """When the file came."""
    created_by: ImporterView
    """Who made it."""
    total_rows: int
    """Rows below the header."""
    created: int
    """Rows that made something new."""
    updated: int
    """Rows that changed something."""
    unchanged: int
    """Rows that changed nothing."""
    rejected: int
    """Rows that were not taken."""
    warnings: int
    """Remarks about the file or its rows."""
    undone_at: datetime | None
    """When it was taken back."""

    @classmethod
    def of(cls, record: Import) -> Self:
        importer = ImporterView(
            role=record.created_by_role, body=record.created_by_body, unit_code=record.created_by_unit
        )
        return cls.model_validate(record.model_dump() | {"created_at": record.taken_at, "created_by": importer})


class FindingView(BaseModel):
    """A rejected cell or a remark. `row` counts the header as row 1."""

    row: int
    """Row of the file; the header is row 1."""
    column: str
    """Heading of the column as the file has it; empty for the row or the file as a whole."""
    code: str
    """Stable code of the reason."""
    message: str
    """The reason in the language asked for."""

    @classmethod
    def of(cls, finding: ImportRejection | Rejection, language: Language) -> Self:
        message = finding.vi if language == "vi" else finding.en
        return cls(row=finding.row, column=finding.column, code=finding.code, message=message)


class ChangeView(BaseModel):
    """A field that a row would change; personal data are masked."""

    row: int
    """Row of the file; the header is row 1."""
    field: str
    """Name of the field."""
    old: str | None
    """Its value now."""
    new: str | None
    """Its value after the import."""

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(row=change.row, field=change.field, old=change.old, new=change.new)


class ImportPreview(BaseModel):
    """What a file would do; nothing of it was applied. Each list has at most 100 entries."""

    total_rows: int
    """Rows below the header."""
    created: int
    """Rows that would make something new."""
    changed: int
    """Rows that would change something."""
    unchanged: int
    """Rows that would change nothing."""
    rejected: int
    """Rows that would not be taken."""
    warnings: int
    """Remarks about the file or its rows."""
    changes: list[ChangeView]
    """The fields that would change."""
    rejections: list[FindingView]
    """The cells that would not be taken."""
    warning_list: list[FindingView]
    """The remarks."""

    @classmethod
    def of(cls, run: ImportRun, language: Language) -> Self:
        record = run.record
        return cls(
            total_rows=record.total_rows, created=record.created, changed=record.updated, unchanged=record.unchanged,
            rejected=record.rejected, warnings=len(run.remarks.found),
            changes=[ChangeView.of(change) for change in run.changes[:MOST_SHOWN]],
            rejections=[FindingView.of(one, language) for one in run.rejections[:MOST_SHOWN]],
            warning_list=[FindingView.of(one, language) for one in run.remarks.found[:MOST_SHOWN]],
        )  # fmt: skip


class UndoStarted(BaseModel):
    """The undo of an import: rows that nobody changed since went back, the others were kept."""

    id: UUID
    """Id of the import."""
    status: ImportStatus
    """State of the import, `undone`."""
    undone: int
    """Rows that went back."""
    kept: int
    """Rows that were kept because they changed since."""

    @classmethod
    def of(cls, record: Import) -> Self:
        return cls.model_validate(record.model_dump())


class KeptRow(BaseModel):
    """A row that an undo kept."""

    row: int
    """Row of the file; the header is row 1."""
    id: UUID
    """The merchant or bill of the row."""
    reason: str
    """Why it was kept, such as `active-since` or `paid-since`."""


class UndoReport(BaseModel):
    """What became of an undo."""

    status: ImportStatus
    """State of the import."""
    undone: int
    """Rows that went back."""
    kept: list[KeptRow]
    """Rows that were kept."""

    @classmethod
    def of(cls, record: Import, kept: Sequence[ImportRow]) -> Self:
        rows = [KeptRow(row=row.row, id=row.entity_id, reason=row.kept_because or "") for row in kept]
        return cls.model_validate({"status": record.status, "undone": record.undone, "kept": rows})


class BankView(BaseModel):
    """A bank, wallet or mobile-money account that a code can name."""

    bin: str
    """Bank identification number, six digits (mã BIN)."""
    code: str
    """Short code of the bank."""
    short_name: str
    """Name as people say it."""
    name: str
    """Legal name."""
    kind: Literal["bank", "e_wallet", "mobile_money"]
    """Kind of institution."""
    valid_from: str | None
    """First day of this name; null: always."""
    valid_to: str | None
    """Last day of this name; null: until today."""

    @classmethod
    def of(cls, bank: Bank) -> Self:
        days = {
            "valid_from": bank.valid_from and bank.valid_from.isoformat(),
            "valid_to": bank.valid_to and bank.valid_to.isoformat(),
        }
        return cls.model_validate(asdict(bank) | days)
