"""Tables of administrative units as decrees publish them: read, checked, nothing stored. No database, no web.

Two tables. *Units*: `code, valid_from, valid_to, level, kind, parent_code, name`; a unit is its code during a time, so a
code may stand for different units in different generations. A village keeps its code for ever: several rows of one code
are its places in the tree, one after the other. *Successions*: `effective_on, successor_code, code, kind`.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, cast, get_args

from registry.names import squeeze
from tabular import BrokenRow, CellError, Column, Finding, Table, UnreadableTable, read_table
from tabular.template import template_workbook
from tabular.values import parse_date, text_of

Level = Literal["province", "district", "commune", "village"]
SuccessionKind = Literal["whole", "part", "unchanged", "type_changed"]

KINDS: Mapping[Level, frozenset[str]] = {
    "province": frozenset(("province", "city")),
    "district": frozenset(("district", "town", "city")),
    "commune": frozenset(("commune", "ward", "township", "special_zone")),
    "village": frozenset(("village", "hamlet", "residential_group", "quarter")),
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One line of the units table; `None` is open to that side, `valid_to` is the last day."""

    line: int
    code: str
    valid_from: date | None
    valid_to: date | None
    level: Level
    kind: str
    parent_code: str | None
    name: str


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """One line of the successions table: `successor_code` took over `code` on a day, which is its first."""

    line: int
    effective_on: date
    successor_code: str
    code: str
    kind: SuccessionKind


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in a line of a table."""

    line: int
    column: str
    code: str
    vi: str
    en: str


class FaultyTable(ValueError):
    """A table that cannot be imported, with all its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults, the first: {faults[0].code} in line {faults[0].line}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Decree:
    """A change of the tree: units and their successors."""

    units: list[UnitRow]
    successions: list[SuccessionRow]


def read_units(content: bytes) -> list[UnitRow]:
    """The units table from a CSV file; raises `FaultyTable` with every fault."""
    faults: list[Fault] = []
    rows = [row for line, cells in _records(content, _UNIT_COLUMNS, faults) if (row := _unit_row(line, cells, faults))]
    faults += _overlaps(rows)
    if faults or not rows:
        raise FaultyTable(faults or [Fault(1, "code", "table-empty", "Bảng không có dòng nào", "The table is empty")])
    return rows


def read_successions(content: bytes) -> list[SuccessionRow]:
    """The successions table from a CSV file; raises `FaultyTable` with every fault."""
    faults: list[Fault] = []
    rows = [
        row
        for line, cells in _records(content, _SUCCESSION_COLUMNS, faults)
        if (row := _succession_row(line, cells, faults))
    ]
    if faults:
        raise FaultyTable(faults)
    return rows


def is_successions_table(content: bytes) -> bool:
    """Whether a table lists successors, by its header."""
    columns = {column.name: column for column in (*_UNIT_COLUMNS, *_SUCCESSION_COLUMNS)}
    with suppress(UnreadableTable):
        titles = _table(content, tuple(columns.values())).titles
        return "level" not in titles and "successor_code" in titles
    return False


def is_within(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether a day lies in a validity, both ends included."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


_Cells = dict[str, str]
_NOT_CSV = "file-encoding", "Tệp phải là CSV UTF-8", "The file must be UTF-8 CSV"
_UNIT_COLUMNS = (
    Column("code", ("Mã đơn vị", "Mã")),
    Column("valid_from", ("Từ ngày", "Ngày có hiệu lực")),
    Column("valid_to", ("Đến ngày", "Ngày hết hiệu lực")),
    Column("level", ("Cấp",)),
    Column("kind", ("Loại", "Loại đơn vị")),
    Column("parent_code", ("Mã cấp trên", "Mã đơn vị cấp trên")),
    Column("name", ("Tên đơn vị", "Tên")),
)
_SUCCESSION_COLUMNS = (
    Column("effective_on", ("Ngày hiệu lực",)),
    Column("successor_code", ("new_code", "Mã mới")),
    Column("code", ("old_code", "Mã cũ")),
    Column("kind", ("Cách sáp nhập",)),
)
COLUMNS = (
    *(column for column in _UNIT_COLUMNS if column.name not in ("code", "kind")),
    *(column for column in _SUCCESSION_COLUMNS if column.name not in ("code", "kind")),
    Column("code", ("old_code", "Mã đơn vị", "Mã", "Mã cũ")),
    Column("kind", ("Loại", "Loại đơn vị", "Cách sáp nhập")),
)
"""The columns of both tables."""

_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "level": {"tinh": "province", "huyen": "district", "xa": "commune", "thon": "village"},
    "kind": {
        "tinh": "province", "thanhpho": "city", "huyen": "district", "thixa": "town", "xa": "commune", "phuong": "ward",
        "thitran": "township", "dackhu": "special_zone", "thon": "village", "ban": "hamlet",
        "todanpho": "residential_group", "khupho": "quarter",
        "toanbo": "whole", "motphan": "part", "giunguyen": "unchanged", "doiloai": "type_changed",
    },
}  # fmt: skip
"""What people write for a code, folded."""
_EXAMPLE = {
    "code": "15724-09", "valid_from": "2026-01-01", "level": "Thôn", "kind": "Tổ dân phố", "parent_code": "15724",
    "name": "Tổ dân phố 9",
}  # fmt: skip


def template() -> bytes:
    """An XLSX file for a units table: Vietnamese titles, an example, drop-downs of levels and kinds."""
    choices = {
        "level": ("Tỉnh", "Huyện", "Xã", "Thôn"),
        "kind": ("Tỉnh", "Thành phố", "Huyện", "Thị xã", "Xã", "Phường", "Thị trấn", "Đặc khu", "Thôn", "Bản",
                 "Tổ dân phố", "Khu phố"),
    }  # fmt: skip
    return template_workbook(_UNIT_COLUMNS, _EXAMPLE, choices)


def _records(content: bytes, columns: Sequence[Column], faults: list[Fault]) -> Iterator[tuple[int, _Cells]]:
    try:
        for row in _table(content, columns):
            if isinstance(row, BrokenRow):
                faults.append(Fault(row.number, "", row.finding.code, row.finding.vi, row.finding.en))
            else:
                yield row.number, {column.name: text_of(row.cell(column.name)) for column in columns}
    except UnreadableTable as error:
        if error.finding.code not in ("file-empty", "column-missing"):
            raise FaultyTable([Fault(1, "file", *_NOT_CSV)]) from None


def _table(content: bytes, columns: Sequence[Column]) -> Table:
    if content.startswith(b"PK"):
        raise UnreadableTable(Finding(*_NOT_CSV))
    return read_table(io.BytesIO(content), columns)


def _unit_row(line: int, cells: _Cells, faults: list[Fault]) -> UnitRow | None:
    found = len(faults)
    code = _code(line, cells, "code", faults)
    level = _one_of(line, cells, "level", get_args(Level), faults)
    kind = _one_of(line, cells, "kind", KINDS.get(cast(Level, level), frozenset()), faults)
    valid_from = _day(line, cells, "valid_from", faults)
    valid_to = _day(line, cells, "valid_to", faults)
    if not cells.get("name"):
        faults.append(Fault(line, "name", "required", "Thiếu tên đơn vị", "The name is missing"))
    if level != "province" and not cells.get("parent_code"):
        faults.append(Fault(line, "parent_code", "required", "Thiếu mã đơn vị cấp trên", "The parent is missing"))
    if valid_from and valid_to and valid_to < valid_from:
        faults.append(Fault(line, "valid_to", "dates-reversed", "Ngày hết hiệu lực trước ngày có hiệu lực",
                            "The last day lies before the first"))  # fmt: skip
    if len(faults) > found:
        return None
    parent_code = cells.get("parent_code") or None
    return UnitRow(line, code, valid_from, valid_to, cast(Level, level), kind, parent_code, cells["name"])


def _succession_row(line: int, cells: _Cells, faults: list[Fault]) -> SuccessionRow | None:
    found = len(faults)
    code = _code(line, cells, "code", faults)
    successor = _code(line, cells, "successor_code", faults)
    kind = _one_of(line, cells, "kind", get_args(SuccessionKind), faults)
    effective_on = _day(line, cells, "effective_on", faults)
    if effective_on is None and len(faults) == found:
        faults.append(Fault(line, "effective_on", "required", "Thiếu ngày hiệu lực", "The day is missing"))
    if effective_on is None or len(faults) > found:
        return None
    return SuccessionRow(line, effective_on, successor, code, cast(SuccessionKind, kind))


def _code(line: int, cells: _Cells, column: str, faults: list[Fault]) -> str:
    code = cells.get(column, "")
    if not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 32:
        faults.append(Fault(line, column, "unit-code-invalid", "Mã đơn vị không hợp lệ", "Not a valid unit code"))
    return code


def _one_of(line: int, cells: _Cells, column: str, choices: Iterable[str], faults: list[Fault]) -> str:
    written = cells.get(column, "")
    value = written if written in choices else _WRITTEN.get(column, {}).get(squeeze(written), written)
    if value not in choices:
        named = ", ".join(sorted(choices))
        faults.append(Fault(line, column, "not-a-choice", f"Chỉ nhận: {named}", f"Must be one of: {named}"))
    return value


def _day(line: int, cells: _Cells, column: str, faults: list[Fault]) -> date | None:
    value = cells.get(column, "")
    try:
        return parse_date(value) if value else None
    except CellError:
        faults.append(Fault(line, column, "date-invalid", "Ngày có dạng yyyy-mm-dd", "Dates are yyyy-mm-dd"))
        return None


def _overlaps(rows: list[UnitRow]) -> list[Fault]:
    """Two lines of one code that are valid on the same day."""
    by_code: dict[str, list[UnitRow]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    faults = []
    for same in by_code.values():
        same.sort(key=lambda row: row.valid_from or date.min)
        for before, after in pairwise(same):
            if before.valid_to is None or (after.valid_from or date.min) <= before.valid_to:
                faults.append(Fault(after.line, "valid_from", "overlap", "Trùng thời gian hiệu lực của cùng một mã",
                                    "Overlaps another line of the same code"))  # fmt: skip
    return faults


def last_day_before(day: date) -> date:
    """The day on which a unit ends whose successors begin on `day`."""
    return day - timedelta(days=1)
