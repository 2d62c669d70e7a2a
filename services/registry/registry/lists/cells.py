"""What a single cell of a commune's list means beyond what all lists have in common."""

from datetime import date
from typing import Literal

from registry.identifiers import Finding, IdDocument, Sex, plain
from registry.names import squeeze
from tabular import Cell, CellError
from tabular.values import Written, parse_written_date, parse_yes_no, text_of

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


def birth_of(cell: Cell, today: date) -> Written:
    """A date of birth as far as it is known: a year alone is 1 January with precision `year`."""
    try:
        birth = parse_written_date(cell)
    except CellError as error:
        raise (CellError(DATE_INVALID) if error.finding.code == DATE_INVALID.code else error) from None
    if birth.day > today:
        raise CellError(DATE_IN_FUTURE)
    if birth.day < OLDEST_BIRTH:
        raise CellError(DATE_TOO_OLD)
    return birth


def sex_of(cell: Cell) -> Sex:
    try:
        return _SEXES[squeeze(text_of(cell))]
    except KeyError:
        raise CellError(SEX_INVALID) from None


def has_account(cell: Cell) -> bool:
    """Yes or no; an account number written instead means yes and is not stored."""
    digits = plain(text_of(cell))
    return True if digits.isdigit() and len(digits) >= 6 else parse_yes_no(cell)


def document_kind_of(cell: Cell) -> IdDocument:
    written = squeeze(text_of(cell))
    if written not in _DOCUMENTS:
        raise CellError(DOCUMENT_INVALID)
    return _DOCUMENTS[written]


def residence_status_of(cell: Cell) -> ResidenceStatus:
    written = squeeze(text_of(cell))
    if written not in _STATUSES:
        raise CellError(STATUS_INVALID)
    return _STATUSES[written]
