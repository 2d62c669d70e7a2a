"""Numbers of people and accounts, with the leading zeros that a spreadsheet dropped."""

import re

from tabular.findings import CellError, Finding
from tabular.table import Cell

from .parsed import Parsed
from .texts import digits_of, is_digits

PERSONAL_ID_DIGITS = Finding(
    "personal-id-not-digits", "Số định danh chỉ gồm chữ số", "A personal number has digits only"
)
PERSONAL_ID_LENGTH = Finding(
    "personal-id-length",
    "Số định danh (căn cước, CCCD) có 12 chữ số, CMND có 9 chữ số",
    "A personal number has 12 digits (identity card) or 9 digits (old CMND)",
)
ZEROS_RESTORED = Finding(
    "leading-zeros-restored",
    "Số bị mất số 0 ở đầu (do Excel), đã thêm lại",
    "The number had lost its leading zeros (to a spreadsheet); they were added again",
)
SOCIAL_INSURANCE_INVALID = Finding(
    "social-insurance-invalid",
    "Mã số BHXH có 10 chữ số (hoặc 12 chữ số của số định danh)",
    "A social insurance number has 10 digits (or the 12 of the personal number)",
)
FROM_HEALTH_CARD = Finding(
    "social-insurance-from-card",
    "Đã lấy mã số BHXH từ 10 chữ số cuối của thẻ BHYT",
    "The social insurance number was taken from the last 10 digits of the health insurance card",
)
ACCOUNT_INVALID = Finding(
    "account-invalid", "Số tài khoản gồm 1 đến 19 chữ và số", "An account has 1 to 19 letters and digits"
)

# Decision 1697/QĐ-BHXH: two letters, benefit level 1 to 5, province, social insurance number.
_HEALTH_CARD = re.compile(r"[A-Z]{2}[1-5]\d{2}(\d{10})")
_ACCOUNT = re.compile(r"[A-Za-z0-9]{1,19}")


def parse_personal_number(cell: Cell) -> Parsed[str]:
    """The 12 digits of căn cước or CCCD, or the 9 of an old CMND.

    10 or 11 digits that do not begin with 0 can only be 12 without their leading zeros. In a cell that a spreadsheet
    holds as a number, fewer than 9 digits are a CMND without them.
    """
    number = digits_of(cell)
    if not is_digits(number):
        raise CellError(PERSONAL_ID_DIGITS)
    full = number.zfill(9) if _is_number(cell) and len(number) < 9 else number
    full = full.zfill(12) if len(full) in (10, 11) and not full.startswith("0") else full
    if len(full) not in (9, 12):
        raise CellError(PERSONAL_ID_LENGTH)
    return Parsed(full, () if full == number else (ZEROS_RESTORED,))


def parse_social_insurance(cell: Cell) -> Parsed[str]:
    """10 digits, the 12 of a personal number, or the last 10 of a health insurance card (15 characters)."""
    number = digits_of(cell).upper()
    if card := _HEALTH_CARD.fullmatch(number):
        return Parsed(card[1], (FROM_HEALTH_CARD,))
    full = number
    if _is_number(cell) and is_digits(number) and len(number) <= 12:
        full = number.zfill(10 if len(number) <= 10 else 12)
    if not is_digits(full) or len(full) not in (10, 12):
        raise CellError(SOCIAL_INSURANCE_INVALID)
    return Parsed(full, () if full == number else (ZEROS_RESTORED,))


def parse_account(cell: Cell) -> str:
    """A bank account, letters and digits. Its leading zeros cannot be known, so lost digits are refused."""
    number = digits_of(cell)
    if not _ACCOUNT.fullmatch(number):
        raise CellError(ACCOUNT_INVALID)
    return number


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
