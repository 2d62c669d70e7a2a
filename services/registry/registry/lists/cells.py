"""What a single cell of a commune's list says: dates, sexes, yes and no, numbers that a spreadsheet shortened."""

import re
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from registry.identifiers import Finding, IdDocument, Sex, parse_personal_id, parse_phone, plain
from registry.names import squeeze

from .table import Cell

Precision = Literal["day", "month", "year"]
ResidenceStatus = Literal["permanent", "temporary", "away"]

OLDEST_BIRTH = date(1885, 1, 1)

REQUIRED_CELL = Finding("required", "Bắt buộc phải có", "This value is required")
DATE_INVALID = Finding(
    "date-invalid",
    "Ngày sinh không hợp lệ (dd/mm/yyyy hoặc năm sinh)",
    "Not a valid date of birth (dd/mm/yyyy or a year)",
)
DATE_IN_FUTURE = Finding("date-in-future", "Ngày sinh ở tương lai", "The date of birth lies in the future")
DATE_TOO_OLD = Finding("date-too-old", "Năm sinh quá xa", "The date of birth is too long ago")
SEX_INVALID = Finding("sex-invalid", "Giới tính là Nam hoặc Nữ", "The sex is Nam (male) or Nữ (female)")
SEX_TWICE = Finding(
    "sex-ambiguous",
    "Chỉ đánh dấu một trong hai cột Nam, Nữ",
    "Mark exactly one of the columns Nam and Nữ",
)
YES_NO_INVALID = Finding(
    "yes-no-invalid",
    "Chỉ nhận có/không, x/để trống, 1/0",
    "Only có/không, x/empty or 1/0",
)
TEXT_TOO_LONG = Finding("too-long", "Nội dung quá dài", "The text is too long")
NAME_INVALID = Finding(
    "name-invalid",
    "Họ tên chỉ gồm chữ cái",
    "A name consists of letters",
)
DOCUMENT_INVALID = Finding(
    "id-document-invalid",
    "Loại giấy tờ là căn cước, CCCD, CMND hoặc không có",
    "The document is căn cước, CCCD, CMND or none",
)
STATUS_INVALID = Finding(
    "residence-status-invalid",
    "Tình trạng cư trú là thường trú, tạm trú hoặc đi vắng",
    "The residence status is permanent, temporary or away",
)


class Birth(NamedTuple):
    """A date of birth as far as it is known: a year alone is 1 January with precision `year`."""

    day: date
    precision: Precision


class CellError(ValueError):
    """A cell that says nothing usable."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


_AROUND_MARKS = re.compile(r"\s*([/.\-])\s*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ]00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_YES = frozenset(("co", "x", "1", "yes", "y", "true", "dung", "v", "roi", "✓", "✔", "☑"))
_NO = frozenset(("khong", "0", "no", "n", "false", "sai", "chua", "ko", "k", "-", "☐"))
_SEXES: dict[str, Sex] = {
    "nam": "male", "male": "male", "m": "male", "trai": "male",
    "nu": "female", "female": "female", "f": "female", "gai": "female",
}  # fmt: skip
_DOCUMENTS: dict[str, IdDocument] = {
    "cancuoc": "can_cuoc", "thecancuoc": "can_cuoc", "cccd": "cccd", "cancuoccongdan": "cccd", "cmnd": "cmnd",
    "chungminhnhandan": "cmnd", "none": "none", "khong": "none", "khongco": "none", "chuaco": "none",
}  # fmt: skip
_STATUSES: dict[str, ResidenceStatus] = {
    "permanent": "permanent", "thuongtru": "permanent", "temporary": "temporary", "tamtru": "temporary",
    "away": "away", "tamvang": "away", "divang": "away", "vang": "away", "vangmat": "away",
}  # fmt: skip


def text_of(cell: Cell) -> str:
    """The cell as text; a whole number loses the `.0` a spreadsheet gave it."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def personal_id_of(cell: Cell) -> str:
    """The number, with the leading zeros that a spreadsheet dropped from a cell it took for a number."""
    text = text_of(cell)
    if isinstance(cell, int | float) and text.isdigit():
        text = text.zfill(9 if len(text) <= 9 else 12)
    return parse_personal_id(text)


def phone_of(cell: Cell) -> str:
    return parse_phone(text_of(cell))


def birth_of(cell: Cell, today: date) -> Birth:
    """A date from dd/mm/yyyy, yyyy-mm-dd, mm/yyyy, a year, or 00/00/yyyy as registers of the old have it."""
    birth = Birth(cell, "day") if isinstance(cell, date) else _written_birth(text_of(cell))
    if birth.day > today:
        raise CellError(DATE_IN_FUTURE)
    if birth.day < OLDEST_BIRTH:
        raise CellError(DATE_TOO_OLD)
    return birth


@lru_cache(maxsize=1 << 16)
def _written_birth(text: str) -> Birth:
    # Kept, because a hundred years have 36,500 days.
    digits = text if text.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in text)
    try:
        return _parts(digits if digits.isprintable() and " " not in digits else _AROUND_MARKS.sub(r"\1", digits))
    except ValueError:
        raise CellError(DATE_INVALID) from None


def _parts(text: str) -> Birth:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _as_far_as_known(day, month, year)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _as_far_as_known(day, month, year)
    if match := _MONTH.fullmatch(text):
        return _as_far_as_known(0, int(match[1]), int(match[2]))
    if re.fullmatch(r"\d{4}", text):
        return _as_far_as_known(0, 0, int(text))
    raise ValueError


def _as_far_as_known(day: int, month: int, year: int) -> Birth:
    if day:
        return Birth(date(year, month, day), "day")
    if month:
        return Birth(date(year, month, 1), "month")
    return Birth(date(year, 1, 1), "year")


def sex_of(cell: Cell) -> Sex:
    try:
        return _SEXES[squeeze(text_of(cell))]
    except KeyError:
        raise CellError(SEX_INVALID) from None


def is_marked(cell: Cell) -> bool:
    """Whether a cell says yes: có, x, 1; an empty one says no."""
    return cell if isinstance(cell, bool) else _says_yes(text_of(cell))


@lru_cache(maxsize=256)
def _says_yes(text: str) -> bool:
    said = squeeze(text) or text
    if not said or said in _NO:
        return False
    if said in _YES:
        return True
    raise CellError(YES_NO_INVALID)


def has_account(cell: Cell) -> bool:
    """Yes or no; an account number written instead means yes and is forgotten."""
    digits = plain(text_of(cell))
    return True if digits.isdigit() and len(digits) >= 6 else is_marked(cell)


def document_kind_of(cell: Cell) -> IdDocument:
    said = squeeze(text_of(cell))
    if said not in _DOCUMENTS:
        raise CellError(DOCUMENT_INVALID)
    return _DOCUMENTS[said]


def residence_status_of(cell: Cell) -> ResidenceStatus:
    said = squeeze(text_of(cell))
    if said not in _STATUSES:
        raise CellError(STATUS_INVALID)
    return _STATUSES[said]
