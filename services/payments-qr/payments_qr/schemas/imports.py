"""Bodies of imports and of the list of banks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from chassis.web.imports import (
    MOST_SHOWN,
    ActorView,
    ChangeView,
    FindingView,
    KeptRow,
    PreviewView,
    UndoStarted,
    UndoView,
)
from payments_qr.banks import Bank
from payments_qr.commands.imports import ImportRun
from payments_qr.model import Import, ImportRow

ImportStatus = Literal["queued", "running", "completed", "failed", "undone"]


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
    created_by: ActorView
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
        importer = ActorView(role=record.created_by_role, body=record.created_by_body, unit_code=record.created_by_unit)
        return cls.model_validate(record.model_dump() | {"created_at": record.taken_at, "created_by": importer})


def preview_view(run: ImportRun, language: Language) -> PreviewView:
    """What a file would do, in a language."""
    record = run.record
    return PreviewView(
        total_rows=record.total_rows, created=record.created, changed=record.updated, unchanged=record.unchanged,
        rejected=record.rejected, warnings=len(run.remarks.found),
        changes=[ChangeView(**asdict(change)) for change in run.changes[:MOST_SHOWN]],
        rejections=[FindingView.of(one, language) for one in run.rejections[:MOST_SHOWN]],
        warning_list=[FindingView.of(one, language) for one in run.remarks.found[:MOST_SHOWN]],
    )  # fmt: skip


def undo_started(record: Import) -> UndoStarted:
    """The undo of an import, which is done at once."""
    return UndoStarted(id=record.id, status="undone", undone=record.undone, kept=record.kept)


def undo_view(record: Import, kept: Sequence[ImportRow]) -> UndoView:
    """What became of an undo."""
    rows = [KeptRow(row=row.row, id=row.entity_id, reason=row.kept_because or "") for row in kept]
    return UndoView(status="undone" if record.status == "undone" else "none", undone=record.undone, kept=rows)


class BankView(BaseModel):
    """A bank, wallet or mobile-money account that a code can name."""

    bin: str
    """Bank identification number, six digits (mã BIN)."""
    code: str
    """Short code of the bank."""
    short_name: str
    """Name in common use."""
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
