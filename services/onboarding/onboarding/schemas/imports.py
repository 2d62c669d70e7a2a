"""Views of imports by personal number."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from onboarding.commands.import_previews import SHOWN, ImportPreview
from onboarding.lists import RowFault, RowWarning
from onboarding.model.imports import ImportedEvidence, ImportRejection, ImportStatus, ImportWarning, NumberImport
from onboarding.model.steps import Step


class ImportAuthor(BaseModel):
    """Who sent a list: role, body and unit, never a name."""

    role: str | None
    """The role of the account (vai trò)."""
    body: str | None
    """The body (cơ quan) for which the account acts."""
    unit_code: str | None
    """The unit (đơn vị) of the account."""


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
    created_by: ImportAuthor
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
    """Rows that say what was known."""
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
        author = ImportAuthor(role=taken.created_role, body=taken.created_body, unit_code=taken.created_unit)
        return cls(**shown, created_by=author, created=taken.applied, updated=0)


class ListedRowView(BaseModel):
    """What is wrong with a row, or was put right in it; never a value of the file."""

    row: int
    """The row of the file; row 1 stands for the whole file."""
    column: str
    """The column, by its name here."""
    code: str
    """A stable code."""
    message: str
    """A sentence in the language asked for."""

    @classmethod
    def of(cls, row: ImportRejection | ImportWarning | RowFault | RowWarning, language: Language) -> "ListedRowView":
        message = row.vi if language == "vi" else row.en
        return cls(row=row.row, column=row.column, code=row.code, message=message)


class RowChangeView(BaseModel):
    """One field that a row would change."""

    row: int
    """The row of the file."""
    field: str
    """The step."""
    old: str | None
    """Where the resident stands now."""
    new: str | None
    """Where the resident would stand."""


class ImportPreviewView(BaseModel):
    """What an import would do; nothing was written. Lists show 100 entries, the counts are of all rows."""

    total_rows: int
    """Rows below the header."""
    created: int
    """Steps that would be completed."""
    changed: int
    """Steps that would change otherwise, for instance their level."""
    unchanged: int
    """Rows that say what is known."""
    rejected: int
    """Rows that would be refused."""
    warnings: int
    """Warnings."""
    changes: list[RowChangeView]
    """What would change, by row."""
    rejections: list[ListedRowView]
    """Rows that would be refused."""
    warning_list: list[ListedRowView]
    """Warnings by row."""

    @classmethod
    def of(cls, preview: ImportPreview, language: Language) -> "ImportPreviewView":
        return cls(
            total_rows=preview.total_rows,
            created=preview.created,
            changed=preview.changed,
            unchanged=preview.unchanged,
            rejected=len(preview.rejections),
            warnings=len(preview.warnings),
            changes=[
                RowChangeView(row=each.row, field=each.field, old=each.old, new=each.new) for each in preview.changes
            ],
            rejections=[ListedRowView.of(each, language) for each in preview.rejections[:SHOWN]],
            warning_list=[ListedRowView.of(each, language) for each in preview.warnings[:SHOWN]],
        )


class UndoStarted(BaseModel):
    """An import that is being undone."""

    id: UUID
    """The import."""
    status: Literal["undoing", "undone"]
    """`undoing`: a long list goes on in the background."""
    undone: int
    """Rows that were taken back so far."""
    kept: int
    """Rows that stay so far."""


class KeptRow(BaseModel):
    """A row that was not taken back."""

    row: int
    """The row of the file."""
    id: UUID
    """The resident."""
    reason: str
    """`changed-since`: the step changed after the import. `listed-again`: another list says the same."""


class UndoView(BaseModel):
    """What undoing an import left."""

    status: Literal["none", "undoing", "undone"]
    """`none`: nobody undid this import."""
    undone: int
    """Rows that were taken back."""
    kept: list[KeptRow]
    """Rows that stay, and why."""

    @classmethod
    def of(cls, taken: NumberImport, kept: list[ImportedEvidence]) -> "UndoView":
        rows = [KeptRow(row=each.row, id=each.subject_id, reason=each.reason or "") for each in kept]
        status = taken.status if taken.status in ("undoing", "undone") else "none"
        return cls(status=status, undone=taken.undone, kept=rows)
