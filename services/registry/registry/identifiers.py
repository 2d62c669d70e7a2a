"""Identifying numbers: normalised, checked, masked. No database, no web.

An impossible number raises `IdentifierError`; one that is merely odd comes back with warnings, because
registries hold people born abroad, clerical slips and cards from before any rule.
"""

import re
import unicodedata
from datetime import date
from typing import Literal

from stdnum.exceptions import ValidationError as StdnumError
from stdnum.vn import mst

from tabular import CellError
from tabular import Finding as Finding
from tabular.values.dialling import to_e164
from tabular.values.numbers import PERSONAL_ID_DIGITS, PERSONAL_ID_LENGTH, SOCIAL_INSURANCE_INVALID
from tabular.values.phones import as_dialled

Sex = Literal["male", "female"]
IdDocument = Literal["can_cuoc", "cccd", "cmnd", "none"]

_PROVINCES = """
    1 2 4 6 8 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51 52 54 56 58 60 62
    64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"""
PROVINCE_PREFIXES = frozenset(code.zfill(3) for code in _PROVINCES.split())
"""The 63 province codes of Decision 124/2004/QĐ-TTg: cards keep them after the merger of 2025."""


class IdentifierError(CellError):
    """A value that cannot be a number of its kind."""


DOCUMENT_MISMATCH = Finding(
    "id-document-mismatch",
    "Loại giấy tờ không khớp với số: căn cước và CCCD có 12 chữ số",
    "The document does not fit the number: an identity card has 12 digits",
)
UNKNOWN_PREFIX = Finding(
    "unknown-province-prefix",
    "Ba số đầu không phải mã tỉnh, thành phố nào của Việt Nam (có thể sinh ở nước ngoài)",
    "The first three digits are no Vietnamese province (perhaps born abroad)",
)
SEX_MISMATCH = Finding(
    "sex-mismatch",
    "Giới tính không khớp với số định danh",
    "The sex does not fit the personal number",
)
BIRTH_YEAR_MISMATCH = Finding(
    "birth-year-mismatch",
    "Năm sinh không khớp với số định danh",
    "The year of birth does not fit the personal number",
)
OBSOLETE_DOCUMENT = Finding(
    "cmnd-expired",
    "CMND 9 số đã hết giá trị từ 31/12/2024",
    "The 9-digit CMND has not been valid since 31 December 2024",
)
TAX_CODE_INVALID = Finding(
    "tax-code-invalid",
    "Mã số thuế không hợp lệ: cần 10, 12 hoặc 13 chữ số, và chữ số kiểm tra (chữ số thứ 10) phải đúng",
    "Not a valid tax code: 10, 12 or 13 digits, and the tenth, the check digit, must fit",
)
HEALTH_CARD_INVALID = Finding(
    "health-card-invalid",
    "Số thẻ BHYT gồm 2 chữ cái và 13 chữ số, hoặc là mã số BHXH",
    "A health insurance card has 2 letters and 13 digits, or is the social insurance number",
)
HEALTH_CARD_OF_ANOTHER = Finding(
    "health-card-mismatch",
    "Số thẻ BHYT không khớp với mã số BHXH",
    "The health insurance card does not end with the social insurance number",
)

_SEPARATORS = re.compile(r"[\s.\-_\u00a0\u2010-\u2015\u2212\u200b\ufeff']+")
_HEALTH_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}")


def plain(text: str) -> str:
    """The same text with any script's digits as 0-9 and without spaces, dots, dashes or invisible marks."""
    if text.isascii() and text.isdigit():
        return text  # as nearly all of them are written
    compatible = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in compatible)
    return _SEPARATORS.sub("", digits)


def parse_personal_id(text: str) -> str:
    """The 12 digits of căn cước or CCCD, or the 9 of an old CMND.

    A 12-digit number carries province, century with sex, year of birth and six free digits; it has no check digit.
    """
    number = plain(text)
    if not (number.isascii() and number.isdigit()):
        raise IdentifierError(PERSONAL_ID_DIGITS)
    if len(number) not in (9, 12):
        raise IdentifierError(PERSONAL_ID_LENGTH)
    return number


def document_of(number: str) -> IdDocument:
    """The document that a number of this length implies."""
    return "cccd" if len(number) == 12 else "cmnd"


def check_document(number: str, document: IdDocument) -> None:
    """Refuse an identity card with 9 digits; CMND with 12 digits did exist in some provinces."""
    if document in ("can_cuoc", "cccd") and len(number) != 12:
        raise IdentifierError(DOCUMENT_MISMATCH)


def personal_id_warnings(number: str, born: date, sex: Sex) -> list[Finding]:
    """What is odd about a number that is valid in form."""
    if len(number) == 9:
        return [OBSOLETE_DOCUMENT]
    century, is_female = divmod(int(number[3]), 2)
    found = [] if number[:3] in PROVINCE_PREFIXES else [UNKNOWN_PREFIX]
    if (sex == "female") != bool(is_female):
        found.append(SEX_MISMATCH)
    if 1900 + 100 * century + int(number[4:6]) != born.year:
        found.append(BIRTH_YEAR_MISMATCH)
    return found


def parse_phone(text: str) -> str:
    """E.164, Vietnamese unless another country is written with `+`; old mobile numbers by the plan of 2018."""
    try:
        return to_e164(as_dialled(plain(text)))
    except CellError as error:
        raise IdentifierError(error.finding) from None


def parse_tax_code(text: str) -> str:
    """10 digits, 13 of a branch, or since 1 July 2025 the 12 digits of a person (Circular 86/2024/TT-BTC)."""
    code = plain(text)
    if len(code) == 12 and code.isascii() and code.isdigit():
        return code
    try:
        return str(mst.validate(code))
    except StdnumError:
        raise IdentifierError(TAX_CODE_INVALID) from None


def parse_social_insurance(text: str) -> str:
    """10 digits, or 12 where the number was unified with the personal number."""
    number = plain(text)
    if not (number.isascii() and number.isdigit() and len(number) in (10, 12)):
        raise IdentifierError(SOCIAL_INSURANCE_INVALID)
    return number


def parse_health_card(text: str, social_insurance_no: str | None = None) -> str:
    """Card of health insurance: 2 letters, benefit level 1-5, province, social insurance number; or that alone."""
    card = plain(text).upper()
    short = card.isascii() and card.isdigit() and len(card) in (10, 12)
    if not short and not _HEALTH_CARD.fullmatch(card):
        raise IdentifierError(HEALTH_CARD_INVALID)
    if social_insurance_no and not card.endswith(social_insurance_no):
        raise IdentifierError(HEALTH_CARD_OF_ANOTHER)
    return card


def mask(number: str) -> str:
    """`038*******45`: enough to recognise one's own number, too little to guess another's."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def mask_phone(number: str) -> str:
    """`*********678`: the last three digits of a phone number."""
    return "*" * max(len(number) - 3, 0) + number[-3:]
