"""Reads a list by personal number. The rules of single columns; the table itself is read by `tabular`."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from chassis.folding import squeeze
from tabular import (
    AnyRow,
    BrokenRow,
    Cell,
    CellError,
    Column,
    Finding,
    Row,
    UnreadableTable,
    is_blank,
    open_table,
)
from tabular.values import parse_date, parse_personal_number, text_of

MOST_ROWS = 20_000
_LONGEST_TEXT = 200

COLUMNS = (
    Column(
        "personal_id",
        (
            "Số CCCD", "Số định danh", "Số định danh cá nhân", "Số ĐDCN", "CCCD", "Số căn cước", "Số CCCD/ĐDCN",
            "Số CMND/CCCD",
        ),
        required=True,
    ),
    Column(
        "occurred_on",
        (
            "Ngày", "occurred_at", "Ngày kích hoạt", "Ngày cấp", "Ngày thực hiện", "Ngày đăng ký", "Ngày mở",
        ),
    ),
    Column("level", ("Mức độ", "Mức")),
    Column(
        "certificate_serial",
        (
            "Serial chứng thư số", "serial", "Số serial", "Số chứng thư", "Số chứng thư số", "Serial chứng thư",
        ),
    ),
    Column("account_kind", ("Loại tài khoản",)),
    Column("reference", ("Mã tham chiếu", "Số hợp đồng")),
    Column(
        "valid_until",
        (
            "Ngày hết hạn", "Ngày hết hiệu lực", "Hết hạn", "Hạn sử dụng", "Hiệu lực đến", "Hiệu lực đến ngày",
            "Có giá trị đến",
        ),
    ),
)  # fmt: skip
ACCOUNT_KINDS = {
    "bank": "bank", "nganhang": "bank", "taikhoannganhang": "bank", "ewallet": "e_wallet", "vidientu": "e_wallet",
    "mobilemoney": "mobile_money", "tiendidong": "mobile_money", "mobimoney": "mobile_money",
}  # fmt: skip
TOO_MANY_ROWS = Finding("too-many-rows", f"Tệp quá {MOST_ROWS} dòng.", f"More than {MOST_ROWS} rows.")
_NOT_A_DATE = "not-a-date", "Ngày viết dạng dd/mm/yyyy.", "Write dd/mm/yyyy."


@dataclass(frozen=True)
class ListedNumber:
    """One good row; `row` is the row of the file, whose first row is 1. With several sheets it counts over all of them."""

    row: int
    personal_id: str
    occurred_on: date | None = None
    level: int | None = None
    certificate_serial: str | None = None
    account_kind: str | None = None
    reference: str | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class RowWarning:
    """Something that was put right in a row, or (row 1) in the whole file."""

    row: int
    column: str
    code: str
    vi: str
    en: str


@dataclass(frozen=True)
class RowFault:
    """One wrong row."""

    row: int
    column: str
    code: str
    vi: str
    en: str


@dataclass(frozen=True)
class NumberList:
    """A list as it was read: each row good or with its fault, and what was put right."""

    rows: list[ListedNumber | RowFault]
    warnings: list[RowWarning]


async def read_numbers(file: BinaryIO, today: date) -> NumberList:
    """The rows below the header; raises `UnreadableTable`."""
    read = NumberList([], [])
    async with open_table(file, COLUMNS) as table:
        is_one_sheet = len(table.table.sheets_read) == 1
        async for row in table.rows():
            read.rows.append(_row(row, row.line if is_one_sheet else row.number, today, read.warnings))
            if len(read.rows) > MOST_ROWS:
                raise UnreadableTable(TOO_MANY_ROWS)
        notices = {each.finding.code: each.finding for each in table.table.notices}
    of_file = [RowWarning(1, "", each.code, each.vi, each.en) for each in notices.values()]
    return NumberList(read.rows, [*of_file, *read.warnings])


def _row(row: AnyRow, place: int, today: date, warnings: list[RowWarning]) -> ListedNumber | RowFault:
    if isinstance(row, BrokenRow):
        return RowFault(place, "", row.finding.code, row.finding.vi, row.finding.en)
    reading = _Reading(row, place, today)
    try:
        number = reading.number()
    except _Wrong as wrong:
        return wrong.fault
    warnings += reading.warnings
    return number


class _Wrong(Exception):
    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True)
class _Reading:
    """One row being read; the first wrong cell is its fault."""

    row: Row
    place: int
    today: date
    warnings: list[RowWarning] = field(default_factory=list)

    def number(self) -> ListedNumber:
        return ListedNumber(
            row=self.place,
            personal_id=self._personal_id(),
            occurred_on=self._occurred_on(),
            valid_until=self._valid_until(),
            level=self._level(),
            certificate_serial=_text(self.row.cell("certificate_serial")) or None,
            account_kind=self._account_kind(),
            reference=_text(self.row.cell("reference")) or None,
        )

    def _personal_id(self) -> str:
        try:
            parsed = parse_personal_number(self.row.cell("personal_id"))
        except CellError as error:
            if error.finding.code == "digits-lost":
                raise self._wrong("personal_id", error.finding.code, error.finding.vi, error.finding.en) from None
            text = "Số phải có 12 hoặc 9 chữ số.", "Has 12 or 9 digits."
            raise self._wrong("personal_id", "not-a-number", *text) from None
        self.warnings.extend(
            RowWarning(self.place, "personal_id", each.code, each.vi, each.en) for each in parsed.warnings
        )
        return parsed.value

    def _occurred_on(self) -> date | None:
        day = self._day("occurred_on")
        if day and day > self.today:
            raise self._wrong("occurred_on", "in-the-future", "Ngày ở tương lai.", "Lies in the future.")
        return day

    def _valid_until(self) -> date | None:
        last, first = self._day("valid_until"), self._occurred_on()
        if last and first and last < first:
            raise self._wrong("valid_until", "before-start", "Hết hạn trước ngày cấp.", "Ends before it was issued.")
        return last

    def _day(self, column: str) -> date | None:
        cell = self.row.cell(column)
        if is_blank(cell):
            return None
        try:
            return parse_date(_date_part(cell))
        except CellError as error:
            short = error.finding.code == "date-two-digit-year"
            text = (error.finding.vi, error.finding.en) if short else _NOT_A_DATE[1:]
            raise self._wrong(column, _NOT_A_DATE[0], *text) from None

    def _level(self) -> int | None:
        level = _text(self.row.cell("level"))
        digits = re.sub(r"\D", "", level)
        if level and digits not in ("1", "2"):
            vi = f"Mức độ phải là 1 hoặc 2, không phải {digits or '?'}."
            raise self._wrong("level", "not-a-level", vi, "1 or 2.")
        return int(digits) if level else None

    def _account_kind(self) -> str | None:
        kind = squeeze(_text(self.row.cell("account_kind")))
        if kind and kind not in ACCOUNT_KINDS:
            vi = "Loại: ngân hàng, ví điện tử, tiền di động."
            raise self._wrong("account_kind", "unknown-kind", vi, "Unknown kind.")
        return ACCOUNT_KINDS[kind] if kind else None

    def _wrong(self, column: str, code: str, vi: str, en: str) -> _Wrong:
        return _Wrong(RowFault(self.place, column, code, vi, en))


def _date_part(cell: Cell) -> Cell:
    """The day of a day and a time, as activation lists have them."""
    return re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", cell.strip()) if isinstance(cell, str) else cell


def _text(cell: Cell) -> str:
    text = text_of(cell)
    return "" if len(text) > _LONGEST_TEXT else text
