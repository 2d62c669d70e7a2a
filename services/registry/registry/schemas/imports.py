"""Bodies about imported lists."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from chassis.web.imports import ActorView, ChangeView, FindingView, KeptRow, PreviewView, UndoStarted
from registry.commands.import_preview import ListedChange, Preview
from registry.model.attributes import masked
from registry.model.imports import ImportedResident, ResidentImport

Status = Literal["queued", "running", "completed", "failed"]
CONVERTED = "encoding-converted"
"""The warning that is shown with examples of the converted texts."""


class ImportAccepted(BaseModel):
    """The list is stored; its rows are imported in the background."""

    id: UUID
    """The id of the import."""
    status: Status
    """`queued` until its first rows are imported."""


class ImportView(BaseModel):
    """The progress of an import."""

    id: UUID
    """The id of the import."""
    unit_code: str
    """The unit that the list is about."""
    status: Status
    """`failed`: the file could not be read, see the rejections."""
    total_rows: int
    """Rows that have been read: the sum of created, updated, unchanged and rejected."""
    created: int
    """New residents."""
    updated: int
    """Residents whom the list changed."""
    unchanged: int
    """Residents whom the registry knew just so."""
    rejected: int
    """Rows with a wrong cell."""
    warnings: int
    """Cells that were put right or are odd."""
    failure: str | None
    """The code of the reason for `failed`."""
    created_at: datetime
    """When the list was sent."""
    created_by: ActorView
    """Who sent it."""
    finished_at: datetime | None
    """When its last row was imported."""
    undone_at: datetime | None
    """When the last row was taken back; null while an undo runs, or without one."""

    @classmethod
    def of(cls, record: ResidentImport) -> Self:
        """The view of an import."""
        who = ActorView(role=record.imported_role, body=record.imported_body, unit_code=record.imported_unit_code)
        return cls.model_validate(record.model_dump() | {"created_by": who})


def preview_view(preview: Preview, language: Language) -> PreviewView:
    """The view of a preview in a language."""
    warnings = [FindingView.of(found, language) for found in preview.warning_list]
    return PreviewView(
        total_rows=preview.total_rows, created=preview.created, changed=preview.changed,
        unchanged=preview.unchanged, rejected=preview.rejected, warnings=preview.warnings,
        changes=[_change(change) for change in preview.changes],
        rejections=[FindingView.of(found, language) for found in preview.rejections],
        warning_list=[with_examples(warning, preview.names) for warning in warnings],
    )  # fmt: skip


def _change(change: ListedChange) -> ChangeView:
    old, new = masked(change.field, change.old), masked(change.field, change.new)
    return ChangeView(row=change.row, field=change.field, old=old, new=new)


def with_examples(warning: FindingView, examples: list[str]) -> FindingView:
    """The warning about a legacy encoding names converted texts; any other stays."""
    if warning.code != CONVERTED or not examples:
        return warning
    return warning.model_copy(update={"message": f"{warning.message}: {', '.join(examples)}"})


def undo_started(record: ResidentImport) -> UndoStarted:
    """How far the undo of an import is."""
    return UndoStarted(id=record.id, status=undo_status(record), undone=record.undone, kept=record.kept)


def kept_row(row: ImportedResident) -> KeptRow:
    """A row that an undo left."""
    return KeptRow(row=row.row, id=row.resident_id, reason=row.outcome or "")


def undo_status(record: ResidentImport) -> Literal["undoing", "undone"]:
    """Whether an undo has ended."""
    return "undone" if record.undone_at else "undoing"
