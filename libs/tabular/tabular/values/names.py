"""Names of people."""

from chassis.folding import clean
from tabular.findings import CELL_TOO_LONG, CellError, Finding
from tabular.table import Cell

from .texts import text_of

NAME_INVALID = Finding("name-invalid", "Họ tên chỉ gồm chữ cái", "A name consists of letters")

_LONGEST = 120
_AS_VIETNAMESE = str.maketrans({"Ð": "Đ", "ð": "đ", "’": "'", "‘": "'", "ʼ": "'", "´": "'"})
_BESIDE_LETTERS = str.maketrans("", "", " '.-")


def parse_person_name(cell: Cell) -> str:
    """Letters, spaces, apostrophes, dots and dashes, at most 120 characters.

    The Icelandic Ð that looks like Đ becomes Đ; curly apostrophes become straight ones.
    """
    name = clean(text_of(cell)).translate(_AS_VIETNAMESE)
    if len(name) > _LONGEST:
        raise CellError(CELL_TOO_LONG)
    if not name.translate(_BESIDE_LETTERS).isalpha():
        raise CellError(NAME_INVALID)
    return name
