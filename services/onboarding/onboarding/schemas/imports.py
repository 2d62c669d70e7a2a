"""Views of imports by personal number."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from chassis.web.imports import MOST_SHOWN, ActorView, ChangeView, FindingView, KeptRow, PreviewView, UndoView
from onboarding.commands.import_previews import ImportPreview
from onboarding.model.imports import ImportedEvidence, ImportStatus, NumberImport
from onboarding.model.steps import Step


class ImportView(BaseModel):
    """How far a list has come; `applied` rows changed something, `unchanged` were known."""

    id: UUID
    """The import."""
    status: ImportStatus
    """Where it stands; `undone`: its rows were taken back."""
    step: Step
    """The step (bước) that the list proves."""
    unit_code: str
    """The unit whose residents it may name."""
    source_body: str
    """The body or partner that the list comes from."""
    created_at: datetime
    """When it was sent."""
    created_by: ActorView
    """Who sent it."""
    total_rows: int
    """Rows below the header."""
    applied: int
    """Rows that changed something."""
    created: int
    """The same as `applied`, by the name that other imports use."""
    updated: int
    """Always 0: a list by number adds evidence."""
    unchanged: int
    """Rows whose content was known."""
    rejected: int
    """Rows that were refused."""
    warnings: int
    """Warnings about rows that count, and about the file."""
    undone_at: datetime | None
    """When it was undone."""
    undone: int
    """Rows that were taken back."""
    kept: int
    """Rows that were not taken back, because something changed since."""

    @classmethod
    def of(cls, taken: NumberImport) -> "ImportView":
        own = {"created_by", "created", "updated"}
        shown = {name: getattr(taken, name) for name in cls.model_fields if name not in own}
        author = ActorView(role=taken.created_role, body=taken.created_body, unit_code=taken.created_unit)
        return cls(**shown, created_by=author, created=taken.applied, updated=0)


def preview_view(preview: ImportPreview, language: Language) -> PreviewView:
    """The view of a preview in a language."""
    return PreviewView(
        total_rows=preview.total_rows, created=preview.created, changed=preview.changed,
        unchanged=preview.unchanged, rejected=len(preview.rejections), warnings=len(preview.warnings),
        changes=[ChangeView(row=each.row, field=each.field, old=each.old, new=each.new) for each in preview.changes],
        rejections=[FindingView.of(each, language) for each in preview.rejections[:MOST_SHOWN]],
        warning_list=[FindingView.of(each, language) for each in preview.warnings[:MOST_SHOWN]],
    )  # fmt: skip


def undo_view(taken: NumberImport, kept: list[ImportedEvidence]) -> UndoView:
    """What undoing an import left."""
    rows = [KeptRow(row=each.row, id=each.subject_id, reason=each.reason or "") for each in kept]
    status = taken.status if taken.status in ("undoing", "undone") else "none"
    return UndoView(status=status, undone=taken.undone, kept=rows)
