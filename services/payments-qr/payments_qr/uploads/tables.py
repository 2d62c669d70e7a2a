"""Rows of uploaded files, CSV or workbook; how this service names what is wrong with them."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from chassis.folding import squeeze
from tabular import AnyRow, BrokenRow, Cell, CellError, Column, Row, UnreadableTable, open_table
from tabular.values import parse_vnd, text_of

_LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row, or the whole file (row 1), cannot be taken. `code` is stable."""

    row: int
    column: str
    code: str
    vi: str
    en: str


class UnreadableFile(Exception):
    """The file as a whole cannot be used; nothing of it was applied."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        super().__init__(rejection.code)


def header_key(text: str) -> str:
    """A header without case, accents, spaces and punctuation."""
    return squeeze(text)


def text(row: Row, column: str) -> str:
    """A cell as trimmed text; empty where there is none."""
    return text_of(row.cell(column))[:_LONGEST_CELL]


async def rows_of(file: BinaryIO, columns: Sequence[Column]) -> AsyncGenerator[AnyRow]:
    """The rows under the header; raises `UnreadableFile`."""
    try:
        async with open_table(file, columns) as table:
            async for row in table.rows():
                yield row
    except UnreadableTable as error:
        raise refused_file(error, columns) from error


def refused_file(error: UnreadableTable, columns: Sequence[Column]) -> UnreadableFile:
    """A file that is no table, or a table without the required columns."""
    if error.finding.code in ("column-missing", "file-empty"):
        listed = ", ".join(column.title for column in columns if column.required)
        vi, en = f"Tệp phải có các cột: {listed}.", f"The file must have the columns: {listed}."
        return UnreadableFile(Rejection(1, "", "missing-columns", vi, en))
    return UnreadableFile(Rejection(1, "", "not-a-table", error.finding.vi, error.finding.en))


def broken(row: BrokenRow) -> Rejection:
    return Rejection(row.number, "", row.finding.code, row.finding.vi, row.finding.en)


def whole_number(cell: Cell) -> int | None:
    """An amount in whole VND as people write it; None when it is none or negative."""
    try:
        amount = parse_vnd(cell)
    except CellError:
        return None
    return amount if amount >= 0 else None
