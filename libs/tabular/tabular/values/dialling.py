"""Phone numbers as they are stored: E.164. The one place where the project decides what a phone number is."""

import re
import unicodedata
from functools import cache

import phonenumbers

from tabular.findings import CellError, Finding

PHONE_INVALID = Finding("phone-invalid", "Số điện thoại không hợp lệ", "Not a valid phone number")

_SEPARATORS = re.compile(r"[\s.\-_\u00a0\u2010-\u2015\u2212\u200b\ufeff']+")
_MOBILE_WRITTEN = re.compile(r"(?:0|\+?84)?([35789]\d{8})", re.ASCII)


def to_e164(text: str) -> str:
    """A phone number in E.164, Vietnamese unless another country is written with `+`; raises `CellError`.

    Mobile numbers, the bulk of every list, are matched by the library's own pattern before its slower parser.
    """
    written = _plain(text)
    national = _MOBILE_WRITTEN.fullmatch(written)
    if national and _mobile_pattern().fullmatch(national[1]):
        return f"+84{national[1]}"
    try:
        number = phonenumbers.parse(written, "VN")
    except phonenumbers.NumberParseException:
        raise CellError(PHONE_INVALID) from None
    if not phonenumbers.is_valid_number(number):
        raise CellError(PHONE_INVALID)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plain(text: str) -> str:
    if text.isascii() and text.isdigit():
        return text  # as nearly all of them are written
    compatible = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in compatible)
    return _SEPARATORS.sub("", digits)


@cache
def _mobile_pattern() -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("VN")
    mobile = metadata.mobile if metadata else None
    # Without the pattern nothing matches here and the slower parser decides.
    return re.compile((mobile and mobile.national_number_pattern) or r"(?!)")
