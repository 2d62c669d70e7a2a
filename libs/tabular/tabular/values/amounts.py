"""Amounts in VND."""

import re

from tabular.findings import CellError, Finding
from tabular.table import Cell

from .texts import DIGITS_LOST, text_of

AMOUNT_INVALID = Finding(
    "amount-invalid",
    "Số tiền phải là số nguyên đồng",
    "The amount must be a whole number of VND",
)

_CURRENCY = re.compile(r"(?:vnd|vnđ|đồng|đ|₫)\.?$", re.IGNORECASE)
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3})")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3}){0,3}(?:[.,]0{1,2})?", re.ASCII)
_PLAIN = re.compile(r"\d{1,15}(?:[.,]0{1,2})?", re.ASCII)
_FRACTION = re.compile(r"[.,]0{1,2}$")
_SCIENTIFIC = re.compile(r"[\d.,]+e[+-]?\d+", re.IGNORECASE)
_MOST = 10**15


def parse_vnd(cell: Cell) -> int:
    """Whole VND from `1500000`, `1.500.000`, `1,500,000.00`, `1.500.000,00`, `1 500 000 đ`, `+50,000`, `-15.000`.

    VND has no smaller unit: a fraction of zero is dropped, any other is refused.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) < _MOST and cell == int(cell):
            return int(cell)
        raise CellError(AMOUNT_INVALID)
    bare = _SPACE_IN_NUMBER.sub("", _CURRENCY.sub("", text_of(cell)).strip())
    sign = -1 if bare[:1] in ("-", "−") else 1
    bare = bare[1:].strip() if bare[:1] in ("+", "-", "−") else bare
    if _SCIENTIFIC.fullmatch(bare):
        raise CellError(DIGITS_LOST)
    if _GROUPED.fullmatch(bare):
        return sign * int(re.sub(r"[.,]", "", _without_fraction(bare)))
    if _PLAIN.fullmatch(bare):
        return sign * int(_FRACTION.sub("", bare))
    raise CellError(AMOUNT_INVALID)


def _without_fraction(grouped: str) -> str:
    """`1.500.000,00` without its end; in `1.500.000` the last three digits are a group."""
    return _FRACTION.sub("", grouped)
