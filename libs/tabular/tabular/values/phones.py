"""Phone numbers as lists have them. A cell that is no phone costs the phone, not the person.

Mobile numbers of 11 digits became 10 digits between 15 September and 14 November 2018 (plan of the Ministry of Information
and Communications, Decision 798/QĐ-BTTTT).
"""

import re
from collections.abc import Callable
from contextlib import suppress

from chassis.folding import squeeze
from tabular.findings import Finding
from tabular.table import Cell

from .parsed import Parsed
from .texts import text_of

PHONE_DROPPED = Finding(
    "phone-invalid", "Số điện thoại không hợp lệ, đã bỏ qua", "Not a valid phone number; it was left out"
)
PHONE_CONVERTED = Finding(
    "phone-converted",
    "Số di động 11 số cũ, đã đổi sang 10 số theo kế hoạch năm 2018",
    "An old mobile number of 11 digits, converted to 10 digits by the plan of 2018",
)
SEVERAL_PHONES = Finding(
    "phone-several", "Ô có nhiều số điện thoại, chỉ lấy số đầu tiên", "The cell has several phones; the first was taken"
)
PHONE_WITH_NOTE = Finding(
    "phone-note", "Ghi chú bên cạnh số điện thoại đã bỏ qua", "The note beside the phone number was left out"
)

_SINCE_2018 = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
_NONE = frozenset(
    ("", "khong", "khongco", "khongcosdt", "chuaco", "ko", "koco", "kco", "k", "x", "0", "none", "null", "trong", "na")
)
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)
_BETWEEN = re.compile(r"[/;,|\n\\]+|\s+(?:-|và|hoặc)\s+|\s{2,}", re.IGNORECASE)
_NOTE = re.compile(r"\([^()\d]*\)|\[[^\[\]\d]*\]")
_INSIDE = re.compile(r"[\s.\-()\u00a0\u2010-\u2015\u2212\u200b\ufeff'’‘]+")
_OLD_MOBILE = re.compile(r"(?:0|\+?84)?(1\d\d)(\d{7})", re.ASCII)
_DECIMAL = re.compile(r"(\d{8,12})[.,]0")


def parse_phone(cell: Cell, check: Callable[[str], str]) -> Parsed[str | None]:
    """The first valid phone of a cell, or None; never an error.

    `check` normalises a number to E.164 and raises `ValueError` for one that cannot be.
    """
    text = text_of(cell)
    if _MOBILE.fullmatch(text):  # as nearly all of them are written
        with suppress(ValueError):
            return Parsed(check(text))
    if squeeze(text) in _NONE:
        return Parsed(None)
    written = [part for part in _BETWEEN.split(_DECIMAL.sub(r"\1", text)) if re.search(r"\d", part)]
    warnings: list[Finding] = [SEVERAL_PHONES] if len(written) > 1 else []
    for part in written or [text]:
        bare = _NOTE.sub("", part)
        number = _without_double_prefix(_INSIDE.sub("", bare))
        dialled = since_2018(number)
        try:
            phone = check(dialled)
        except ValueError:
            continue
        warnings += [PHONE_CONVERTED] if dialled != number else []
        warnings += [PHONE_WITH_NOTE] if bare != part else []
        return Parsed(phone, tuple(warnings))
    return Parsed(None, (PHONE_DROPPED,))


def as_dialled(number: str) -> str:
    """A number without spaces as it is dialled in Viet Nam today."""
    return since_2018(_without_double_prefix(number))


def _without_double_prefix(number: str) -> str:
    """`+84 0912…` and `0084 912…` as `0912…`."""
    return re.sub(r"^(?:\+840|00840?)(?=\d{9,10}$)", "0", number)


def since_2018(number: str) -> str:
    """The number as it is dialled since 2018."""
    match = _OLD_MOBILE.fullmatch(number)
    return f"0{_SINCE_2018[match[1]]}{match[2]}" if match and match[1] in _SINCE_2018 else number
