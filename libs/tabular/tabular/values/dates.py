"""Dates as people write them and as spreadsheets keep them."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from tabular.findings import CellError, Finding
from tabular.table import Cell

from .texts import text_of

DATE_INVALID = Finding(
    "date-invalid",
    "Ngày không hợp lệ (dd/mm/yyyy hoặc năm)",
    "Not a valid date (dd/mm/yyyy or a year)",
)
TWO_DIGIT_YEAR = Finding(
    "date-two-digit-year",
    "Năm phải viết đủ bốn chữ số: hai chữ số không cho biết thế kỷ",
    "Write the year with four digits: two digits leave the century open",
)

_DAY_ZERO = date(1899, 12, 30)  # of Excel, after its leap day of 1900 that never was
_FIRST_SERIAL, _LAST_SERIAL = 2_101, 73_050  # 1 October 1905 to 31 December 2099; below are years
_AROUND_MARKS = re.compile(r"\s*([/.\-])\s*")
_TIME = r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}}){_TIME}", re.ASCII)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[/.\-](\d{{1,2}})[/.\-](\d{{1,2}}){_TIME}", re.ASCII)
_SHORT_YEAR = re.compile(rf"\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]'?\d{{2}}{_TIME}", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SERIAL = re.compile(r"\d{5}", re.ASCII)


class Written(NamedTuple):
    """A date as far as it is known: a year alone is 1 January with precision `year`."""

    day: date
    precision: Literal["day", "month", "year"]


def parse_written_date(cell: Cell) -> Written:
    """A date from dd/mm/yyyy, yyyy-mm-dd, mm/yyyy, a year, 00/00/yyyy, a date cell or an Excel serial number.

    A time of zero is dropped. Raises `CellError`, with the reason for years of two digits.
    """
    if isinstance(cell, datetime):
        return Written(cell.date(), "day")
    if isinstance(cell, date):
        return Written(cell, "day")
    if isinstance(cell, bool):
        raise CellError(DATE_INVALID)
    if isinstance(cell, int | float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return Written(_DAY_ZERO + timedelta(days=int(cell)), "day")
    return _from_text(text_of(cell))


def parse_date(cell: Cell) -> date:
    """A day; a month or a year alone is refused."""
    written = parse_written_date(cell)
    if written.precision != "day":
        raise CellError(DATE_INVALID)
    return written.day


@lru_cache(maxsize=1 << 16)
def _from_text(text: str) -> Written:
    # Kept, because a hundred years have 36,500 days.
    digits = text if text.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in text)
    plain = _AROUND_MARKS.sub(r"\1", " ".join(digits.split()))
    if _SHORT_YEAR.fullmatch(plain):
        raise CellError(TWO_DIGIT_YEAR)
    try:
        return _parts(plain)
    except ValueError:
        raise CellError(DATE_INVALID) from None


def _parts(text: str) -> Written:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _as_far_as_known(day, month, year)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _as_far_as_known(day, month, year)
    if match := _MONTH.fullmatch(text):
        return _as_far_as_known(0, int(match[1]), int(match[2]))
    if _YEAR.fullmatch(text):
        return _as_far_as_known(0, 0, int(text))
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return Written(_DAY_ZERO + timedelta(days=int(text)), "day")
    raise ValueError


def _as_far_as_known(day: int, month: int, year: int) -> Written:
    if day:
        return Written(date(year, month, day), "day")
    if month:
        return Written(date(year, month, 1), "month")
    return Written(date(year, 1, 1), "year")
