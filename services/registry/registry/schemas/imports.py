"""Bodies about imported lists."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.errors import Language
from registry.commands.import_preview import ListedChange, Preview
from registry.lists import CellFinding
from registry.model.attributes import masked
from registry.model.imports import ImportedResident, ImportRejection, ImportWarning, ResidentImport

Status = Literal["queued", "running", "completed", "failed"]
UndoStatus = Literal["undoing", "undone"]


class ImportAccepted(BaseModel):
    """The list is stored; its rows are imported in the background."""

    id: UUID
    """The id of the import."""
    status: Status
    """`queued` until its first rows are imported."""


class ActorView(BaseModel):
    """Who did something: role, body and unit, never a name."""

    role: str | None
    """The role of the account, such as `officer`."""
    body: str | None
    """The body (cơ quan, đoàn thể) that the account belongs to, where its token names one."""
    unit_code: str | None
    """The unit of the account."""


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


class RejectionView(BaseModel):
    """A rejected or odd cell; the header is row 1, which also stands for the file as a whole."""

    row: int
    """The row, the header being row 1."""
    column: str
    """The title of the column in the file."""
    code: str
    """The stable code of what is wrong."""
    message: str
    """What is wrong and what to do."""

    @classmethod
    def of(cls, found: ImportRejection | ImportWarning, language: Language) -> Self:
        """The view of a stored rejection or warning in a language."""
        message = found.vi if language == "vi" else found.en
        return cls(row=found.row, column=found.column, code=found.code, message=message)

    @classmethod
    def of_cell(cls, found: CellFinding, language: Language) -> Self:
        """The view of a cell of a preview in a language."""
        message = found.finding.vi if language == "vi" else found.finding.en
        return cls(row=found.row, column=found.column, code=found.code, message=message)

    def naming(self, examples: list[str]) -> Self:
        """The same with converted texts as examples, for a file in a legacy encoding."""
        return self.model_copy(update={"message": f"{self.message}: {', '.join(examples)}"}) if examples else self


class ChangeView(BaseModel):
    """A value that a list would replace; numbers and phones are masked."""

    row: int
    """The row, the header being row 1."""
    field: str
    """The attribute."""
    old: Any
    """The value that is stored."""
    new: Any
    """The value of the list."""

    @classmethod
    def of(cls, change: ListedChange) -> Self:
        """The view of a change."""
        old, new = masked(change.field, change.old), masked(change.field, change.new)
        return cls(row=change.row, field=change.field, old=old, new=new)


class PreviewView(BaseModel):
    """What an import would do; nothing was written. At most 100 changes, rejections and warnings are listed."""

    total_rows: int
    """Rows of the list."""
    created: int
    """People who would be registered."""
    changed: int
    """Residents whom the list would change."""
    unchanged: int
    """Residents whom the registry knows just so."""
    rejected: int
    """Rows with a wrong cell."""
    warnings: int
    """Cells that would be put right, or are odd."""
    changes: list[ChangeView]
    """Old and new values, one for each attribute of a row."""
    rejections: list[RejectionView]
    """Wrong cells; a file that cannot be read is one rejection of row 1."""
    warning_list: list[RejectionView]
    """Odd cells and what is odd about the file."""

    @classmethod
    def of(cls, preview: Preview, language: Language) -> Self:
        """The view of a preview in a language."""
        warnings = [RejectionView.of_cell(found, language) for found in preview.warning_list]
        return cls(
            total_rows=preview.total_rows, created=preview.created, changed=preview.changed,
            unchanged=preview.unchanged, rejected=preview.rejected, warnings=preview.warnings,
            changes=[ChangeView.of(change) for change in preview.changes],
            rejections=[RejectionView.of_cell(found, language) for found in preview.rejections],
            warning_list=[w.naming(preview.names) if w.code == CONVERTED else w for w in warnings],
        )  # fmt: skip


CONVERTED = "encoding-converted"
"""The warning that is shown with examples."""


class ImportUndone(BaseModel):
    """The undo of an import, as far as it is done."""

    id: UUID
    """The id of the import."""
    status: UndoStatus
    """`undoing` while rows are left."""
    undone: int
    """Rows that went back."""
    kept: int
    """Rows that were left, because something changed them since."""

    @classmethod
    def of(cls, record: ResidentImport) -> Self:
        """The view of an undo."""
        return cls(id=record.id, status=undo_status(record), undone=record.undone, kept=record.kept)


class KeptRowView(BaseModel):
    """A row that an undo left."""

    row: int
    """The row, the header being row 1."""
    id: UUID
    """The resident."""
    reason: str
    """`changed-since`, `in-use`, `unit-ended` or `erased`."""

    @classmethod
    def of(cls, row: ImportedResident) -> Self:
        """The view of a row."""
        return cls(row=row.row, id=row.resident_id, reason=row.outcome or "")


class ImportUndoView(BaseModel):
    """The undo of an import and the rows that it left."""

    status: UndoStatus
    """`undoing` while rows are left."""
    undone: int
    """Rows that went back."""
    kept: list[KeptRowView]
    """Rows that were left, with the reason."""
    next_cursor: str | None = None
    """The cursor of the next page of `kept`."""


def undo_status(record: ResidentImport) -> UndoStatus:
    """Whether an undo has ended."""
    return "undone" if record.undone_at else "undoing"
