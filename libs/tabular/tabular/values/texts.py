"""Cells as text."""

import re
import unicodedata
from datetime import date, datetime

from chassis.folding import clean
from tabular.findings import CELL_TOO_LONG, CellError, Finding
from tabular.table import Cell

DIGITS_LOST = Finding(
    "digits-lost",
    "Số ở dạng khoa học (ví dụ 1,9E+13) nên đã mất chữ số. Hãy định dạng cột là Văn bản và gõ lại",
    "The number is in scientific notation (such as 1.9E+13) and has lost digits. Format the column as text and type it again",
)

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*[eE]\s*[+-]?\s*\d{1,3}")
_SEPARATORS = re.compile(r"[\s.\-_\u00a0\u2010-\u2015\u2212\u200b\ufeff'’‘]+")
_EXACT_WHOLE = 10**15


def text_of(cell: Cell) -> str:
    """The cell as text; a whole number has no `.0`, a date is `dd/mm/yyyy`."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_WHOLE:
        return str(int(cell))
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y %H:%M:%S" if isinstance(cell, datetime) else "%d/%m/%Y")
    return str(cell).strip()


def parse_short_text(cell: Cell, limit: int) -> str:
    """Text with single spaces and composed accents, at most `limit` characters."""
    text = clean(text_of(cell))
    if len(text) > limit:
        raise CellError(CELL_TOO_LONG)
    return text


def digits_of(cell: Cell) -> str:
    """The cell without spaces, dots and dashes, with any script's digits as 0-9.

    Raises `CellError` for scientific notation and for numbers beyond 15 digits: a spreadsheet keeps no more.
    """
    if type(cell) is str and is_digits(cell):
        return cell  # as nearly all of them are written
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT_WHOLE:
        raise CellError(DIGITS_LOST)
    text = unicodedata.normalize("NFKC", text_of(cell))
    if isinstance(cell, float) and not cell.is_integer():
        return text  # its point is no separator
    if _SCIENTIFIC.fullmatch(text):
        raise CellError(DIGITS_LOST)
    if re.fullmatch(r"\d+[.,]0", text):
        text = text[:-2]
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return _SEPARATORS.sub("", digits)


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
