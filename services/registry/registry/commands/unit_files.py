"""Tables of units as people send them: a workbook is read in a process with limits, and becomes a CSV table."""

import csv
import io
import tempfile
from datetime import date, datetime
from typing import BinaryIO

from chassis.errors import FieldError, InvalidBody
from registry import decrees
from tabular import BrokenRow, Cell, UnreadableTable, open_table
from tabular.values import text_of
from tabular.workbook import is_workbook


async def as_csv(content: bytes) -> bytes:
    """A table of units or successions as CSV; 422 for a workbook that cannot be read, or with a broken row."""
    if not is_workbook(io.BytesIO(content)):
        return content
    with tempfile.TemporaryFile() as file:
        file.write(content)
        try:
            return await _read(file)
        except UnreadableTable as error:
            found = error.finding
            raise InvalidBody(errors=[FieldError("/1/file", found.code, found.vi, found.en)]) from None


async def _read(file: BinaryIO) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    async with open_table(file, decrees.COLUMNS) as table:
        names = [column.name for column in decrees.COLUMNS if column.name in table.table.titles]
        lines.writerow(names)
        async for row in table.rows():
            if not isinstance(row, BrokenRow):
                lines.writerow([_text(row.cell(name)) for name in names])
            elif row.finding.code != "example-row":
                found = row.finding
                raise InvalidBody(errors=[FieldError(f"/{row.number}", found.code, found.vi, found.en)])
    return text.getvalue().encode()


def _text(cell: Cell) -> str:
    day = cell.date() if isinstance(cell, datetime) else cell
    return day.isoformat() if isinstance(day, date) else text_of(day)
