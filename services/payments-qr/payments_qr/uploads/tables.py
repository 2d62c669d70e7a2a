"""Rows of uploaded files, CSV or workbook; how this service names what is wrong with them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from chassis.folding import squeeze
from tabular import AnyRow, BrokenRow, Cell, CellError, Column, IsolatedTable, Row, Table, UnreadableTable, open_table
from tabular.values import parse_vnd, text_of

_LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row, or the whole file (row 1), cannot be taken, or what was odd about it. `code` is stable.

    `column` is the heading as the file has it; empty where no single column is meant.
    """

    row: int
    column: str
    code: str
    vi: str
    en: str


class RejectedFile(Exception):
    """The file as a whole cannot be used; nothing of it was applied."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        super().__init__(rejection.code)


@dataclass
class Remarks:
    """What the sender should know of a file that was read."""

    found: list[Rejection] = field(default_factory=list)

    def note(self, row: int, column: str, code: str, vi: str, en: str) -> None:
        """One remark."""
        self.found.append(Rejection(row, column, code, vi, en))

    def note_table(self, table: Table, *, with_unknown: bool = True) -> None:
        """Columns that are not understood, sheets that were not read, a converted encoding."""
        for title in table.unknown if with_unknown else ():
            self.found.append(unknown_column(title))
        for notice in table.notices:
            self.note(1, "", notice.finding.code, notice.finding.vi, notice.finding.en)


def not_needed(*titles: str) -> tuple[Column, ...]:
    """Columns that are understood and of which nothing is kept."""
    return tuple(Column(f"not-needed-{squeeze(title)}", (title,)) for title in titles)


def unknown_column(title: str) -> Rejection:
    """A column that is not understood: named, never silently left out."""
    vi = f"Không hiểu cột “{title}”; dữ liệu trong cột này không được nhập."
    return Rejection(1, title, "column-unknown", vi, f"The column “{title}” is not understood; it was not imported.")


def header_key(text: str) -> str:
    """A header without case, accents, spaces and punctuation."""
    return squeeze(text)


def heading(row: Row, column: str) -> str:
    """The heading of a column as the file has it; the column's own name where the file has none."""
    return row.layout.titles.get(column, column)


def rejected(row: Row, column: str, code: str, vi: str, en: str) -> Rejection:
    """A cell that cannot be taken, named by the file's own heading."""
    return Rejection(row.number, heading(row, column), code, vi, en)


def text(row: Row, column: str) -> str:
    """A cell as trimmed text; empty where there is none."""
    return text_of(row.cell(column))[:_LONGEST_CELL]


@asynccontextmanager
async def opened(file: BinaryIO, columns: Sequence[Column]) -> AsyncGenerator[IsolatedTable]:
    """The table of a file; raises `RejectedFile`, also while its rows are read."""
    try:
        async with open_table(file, columns) as table:
            yield table
    except UnreadableTable as error:
        raise refused_file(error, columns) from error


async def rows_of(file: BinaryIO, columns: Sequence[Column], remarks: Remarks) -> AsyncGenerator[AnyRow]:
    """The rows under the header; raises `RejectedFile`. `remarks` are complete after the last row."""
    async with opened(file, columns) as table:
        async for row in table.rows():
            yield row
        remarks.note_table(table.table)


def refused_file(error: UnreadableTable, columns: Sequence[Column]) -> RejectedFile:
    """A file that is no table, or a table without the required columns."""
    if error.finding.code in ("column-missing", "file-empty"):
        listed = ", ".join(column.title for column in columns if column.required)
        vi, en = f"Tệp phải có các cột: {listed}.", f"The file must have the columns: {listed}."
        if error.finding.code == "column-missing":
            vi, en = f"{error.finding.vi}. {vi}", f"{error.finding.en}. {en}"
        return RejectedFile(Rejection(1, "", "missing-columns", vi, en))
    return RejectedFile(Rejection(1, "", "not-a-table", error.finding.vi, error.finding.en))


def broken(row: BrokenRow) -> Rejection:
    """A row that cannot be read as a row."""
    return Rejection(row.number, "", row.finding.code, row.finding.vi, row.finding.en)


def dotted(amount: int) -> str:
    """An amount as people write it: `1.234.567`."""
    return f"{amount:,}".replace(",", ".")


def whole_number(cell: Cell) -> int | None:
    """An amount in whole VND as people write it; None when it is none or negative."""
    try:
        amount = parse_vnd(cell)
    except CellError:
        return None
    return amount if amount >= 0 else None
