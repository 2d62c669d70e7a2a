"""Views of imported lists, the same in every service: findings by row, a preview, and what an undo left."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Protocol, Self
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from chassis.errors import Language
from chassis.security.identity import Role
from chassis.spreadsheets import BYTE_ORDER_MARK, XLSX, csv_line
from chassis.web.vocabulary import OneOf

MOST_SHOWN = 100
"""Entries of each list of a preview."""


class Finding(Protocol):
    """A wrong or odd cell with its sentence in both languages, and never its value."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def vi(self) -> str: ...
    @property
    def en(self) -> str: ...


class ActorView(BaseModel):
    """Who did something: role, body and unit, never a name."""

    role: Annotated[str, OneOf(Role, "system")] | None
    """The role of the account (vai trò), such as `officer`."""
    body: str | None
    """The body (cơ quan, đoàn thể) for which the account acts, where its token names one."""
    unit_code: str | None
    """The unit (đơn vị) of the account."""


class FindingView(BaseModel):
    """A rejected or odd cell. Row 1 is the header; it also stands for the file as a whole."""

    row: int
    """The row, the header being row 1."""
    column: str
    """The heading of the column as the file has it; empty for the row or the file as a whole."""
    code: str
    """The stable code of what is wrong."""
    message: str
    """What is wrong and what to do, in the language asked for."""

    @classmethod
    def of(cls, found: Finding, language: Language) -> Self:
        """The view of a finding in a language."""
        message = found.vi if language == "vi" else found.en
        return cls(row=found.row, column=found.column, code=found.code, message=message)


CSV_TITLES = BYTE_ORDER_MARK + csv_line(FindingView.model_fields)
"""The first line of findings as CSV."""


def csv_of(finding: FindingView) -> str:
    """A finding as a line of CSV."""
    return csv_line((finding.row, finding.column, finding.code, finding.message))


def csv_response(findings: Iterable[FindingView]) -> Response:
    """Findings as a table for a spreadsheet program."""
    return Response(CSV_TITLES + "".join(map(csv_of, findings)), media_type="text/csv; charset=utf-8")


def workbook_response(content: bytes, name: str) -> Response:
    """A workbook to download under a name."""
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


class ChangeView(BaseModel):
    """A value that a list would replace; numbers, phones and accounts are masked."""

    row: int
    """The row, the header being row 1."""
    field: str
    """The name of the field."""
    old: Any
    """The value that is stored."""
    new: Any
    """The value of the list."""


class PreviewView(BaseModel):
    """What an import would do; nothing was written. The counts are of all rows, each list has at most 100 entries."""

    total_rows: int
    """Rows below the header."""
    created: int
    """Rows that would make something new."""
    changed: int
    """Rows that would change something."""
    unchanged: int
    """Rows whose content is stored already."""
    rejected: int
    """Rows that would be refused."""
    warnings: int
    """Cells that would be put right or are odd, and remarks about the file."""
    changes: list[ChangeView]
    """Old and new values, one entry for each field of a row."""
    rejections: list[FindingView]
    """Wrong cells; a file that cannot be read is one of row 1."""
    warning_list: list[FindingView]
    """Odd cells, and what is odd about the file."""


class UndoStarted(BaseModel):
    """The undo of an import, as far as it is done."""

    id: UUID
    """The id of the import."""
    status: Literal["undoing", "undone"]
    """`undoing` while rows are left: a long list goes on in the background."""
    undone: int
    """Rows that went back so far."""
    kept: int
    """Rows that stay so far, because something changed them since."""


class KeptRow(BaseModel):
    """A row that an undo left."""

    row: int
    """The row, the header being row 1."""
    id: UUID
    """What the row made or changed."""
    reason: str
    """Why it stays, such as `changed-since`, `in-use`, `paid-since` or `listed-again`."""


class UndoView(BaseModel):
    """The undo of an import and the rows that it left."""

    status: Literal["none", "undoing", "undone"]
    """`none`: this import was not undone."""
    undone: int
    """Rows that went back."""
    kept: list[KeptRow]
    """Rows that stay, with the reason."""
    next_cursor: str | None = None
    """The cursor of the next page of `kept`."""
