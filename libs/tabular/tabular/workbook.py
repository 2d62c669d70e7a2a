"""Reads workbooks: calamine first; where it gives up on an XLSX file, openpyxl row by row.

calamine holds a sheet as one rectangle from its first to its last cell. A value in a far corner takes more memory than
there is, and the process ends (tafia/calamine issue 693): so workbooks are read in a process with a memory limit, see
`isolated`. A date after the year 9999 is a panic (dimastbk/python-calamine issue 139), which is not an `Exception`.
"""

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, BinaryIO, Literal

import python_calamine
from python_calamine import CalamineSheet, SheetVisibleEnum

from .archive import ZIP, check_archive, has_merged_cells
from .findings import LOCKED, NOT_A_WORKBOOK, TOO_EXPENSIVE, UnreadableTable
from .rows import BareRow, Sheet, table_of
from .table import Cell, Cells, Column, ReadingLimits, Table

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Reader = Literal["calamine", "openpyxl"]
Ranges = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def is_workbook(file: BinaryIO) -> bool:
    """Whether the file begins as a zipped workbook or an old Excel file does."""
    file.seek(0)
    head = file.read(len(OLE2))
    return head.startswith((ZIP, OLE2))


def read_workbook(
    file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits, reader: Reader | None = None
) -> Table:
    """The visible sheets of a workbook as a table; raises `UnreadableTable`. Without `reader`, one after the other."""
    file.seek(0)
    is_zipped = file.read(len(ZIP)) == ZIP
    format = check_archive(file, limits) if is_zipped else "xls"
    if reader is None:
        try:
            return _table(_calamine_sheets, format, file, columns, limits)
        except _Failed:
            reader = "openpyxl"
    elif reader == "calamine":
        return _table(_calamine_sheets, format, file, columns, limits)
    # openpyxl reads XLSX only, and row by row it does not report merged cells.
    if format != "xlsx" or has_merged_cells(file):
        raise UnreadableTable(NOT_A_WORKBOOK)
    return _table(_openpyxl_sheets, format, file, columns, limits)


class _Failed(UnreadableTable):
    """One reader gave up on the file."""


_Open = Callable[[BinaryIO, ReadingLimits], list[Sheet]]


def _table(open_sheets: _Open, format: str, file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits) -> Table:
    file.seek(0)
    try:
        sheets = open_sheets(file, limits)
    except (KeyboardInterrupt, SystemExit, MemoryError, UnreadableTable):
        raise
    except python_calamine.PasswordError:
        raise UnreadableTable(LOCKED) from None
    except BaseException:  # both readers raise what they stumble over; a panic of calamine is no Exception
        raise _Failed(NOT_A_WORKBOOK) from None
    return table_of(format, None, sheets, columns, limits)


def _calamine_sheets(file: BinaryIO, limits: ReadingLimits) -> list[Sheet]:
    workbook = python_calamine.load_workbook(file)
    sheets = []
    for metadata in workbook.sheets_metadata:
        is_visible = metadata.visible == SheetVisibleEnum.Visible
        if not is_visible:
            sheets.append(Sheet(metadata.name, lambda: (), is_visible=False))
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        ranges = sheet.merged_cell_ranges or []
        rows = partial(_calamine_rows, sheet, ranges, limits)
        for _ in rows():  # a panic comes here, before any row is given out
            pass
        sheets.append(Sheet(metadata.name, rows, ends_at_gap=True, spans=_spans(ranges)))
    return sheets


def _calamine_rows(sheet: CalamineSheet, ranges: Ranges, limits: ReadingLimits) -> Iterator[BareRow]:
    if sheet.start is None:
        return iter(())
    left = min(sheet.start[1], limits.columns)
    return _filled_down(
        ((line, _row_from(left, values[: limits.columns - left])) for line, values in enumerate(sheet.iter_rows(), 1)),
        ranges,
    )


def _row_from(left: int, values: Sequence[object]) -> Cells:
    """The cells of a row of which `values` begin in the column `left`; none for a row of a gap, which can be a million rows."""
    cells = [_cell(value) for value in values]
    return [None] * left + cells if any(cell is not None for cell in cells) else []


def _filled_down(rows: Iterable[tuple[int, Cells]], ranges: Ranges) -> Iterator[BareRow]:
    """The rows, with the value of cells that are merged over several rows in each of them."""
    starting: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in ranges:
        if bottom > top:
            starting.setdefault(top + 1, []).append((left, bottom + 1))
    open_ranges: dict[int, tuple[int, Cell]] = {}
    for line, cells in rows:
        for place, (last, value) in list(open_ranges.items()):
            if line > last:
                del open_ranges[place]
            else:
                cells += [None] * (place + 1 - len(cells))
                cells[place] = value
        for place, last in starting.get(line, ()):
            open_ranges[place] = (last, cells[place] if place < len(cells) else None)
        yield line, cells


def _spans(ranges: Ranges) -> Mapping[int, Collection[int]]:
    """By row, counted from 0: the positions that continue a cell merged over several columns."""
    spans: dict[int, set[int]] = {}
    for (top, left), (_, right) in ranges:
        if right > left and top < 1_000:
            spans.setdefault(top, set()).update(range(left + 1, min(right, left + 20) + 1))
    return spans


def _openpyxl_sheets(file: BinaryIO, limits: ReadingLimits) -> list[Sheet]:
    import openpyxl  # takes longer to import than most files take to read, and few need it

    with warnings.catch_warnings():
        # Extensions such as data validation are not read; their warnings do not concern the cells.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
    sheets = []
    for sheet in workbook.worksheets:
        is_visible = sheet.sheet_state == "visible"
        rows = partial(_openpyxl_rows, sheet, limits)
        for _ in rows() if is_visible else ():  # a broken row refuses the file before any row is given out
            pass
        sheets.append(Sheet(sheet.title, rows, is_visible=is_visible, ends_at_gap=True))
    return sheets


def _openpyxl_rows(sheet: Any, limits: ReadingLimits) -> Iterator[BareRow]:
    sheet.reset_dimensions()  # what a file states as its dimension is often wrong
    # Without a last column the rows of a gap are empty tuples: a million of them take no time.
    left = limits.cells
    for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
        left -= len(values)
        if left < 0:
            raise UnreadableTable(TOO_EXPENSIVE)
        yield line, [_cell(value) for value in values[: limits.columns]]


def _cell(value: object) -> Cell:
    if value == "":
        return None
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if value is None or isinstance(value, str | int | float | bool | date | datetime | time):
        return value
    return str(value)
