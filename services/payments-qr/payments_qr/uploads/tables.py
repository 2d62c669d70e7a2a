"""CSV as it really comes: any usual encoding and separator, headers in Vietnamese or English, read row by row."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from payments_qr.qr_payload import folded

_PEEK = 8_192
_LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; `number` counts the first line of the file as 1. Missing cells are empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row, or the whole file (row 1), cannot be taken. `code` is stable."""

    row: int
    column: str
    code: str
    vi: str
    en: str


class UnreadableFile(Exception):
    """The file as a whole cannot be used; nothing of it was applied."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        super().__init__(rejection.code)


def header_key(text: str) -> str:
    """A header without case, accents, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", folded(text).lower())


def lines_of(file: BinaryIO) -> Iterator[list[str]]:
    """Every line of a CSV file as a list of trimmed cells; reads the file once from its present start."""
    file.seek(0)
    head = file.read(_PEEK)
    file.seek(0)
    encoding = _encoding_of(head)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        separator = _separator_of(head.decode(encoding, errors="ignore"))
        for line in csv.reader(text, delimiter=separator):
            yield [cell.strip()[:_LONGEST_CELL] for cell in line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            Rejection(1, "", "not-a-table", "Tệp không phải CSV đọc được.", "The file is not a readable CSV.")
        ) from error
    finally:
        with suppress(ValueError):  # a wrapper that is collected would close the file under its owner
            text.detach()


def rows_of(
    numbered: Iterator[tuple[int, list[str]]], columns: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Iterator[Row]:
    """The rows under a header line; `columns` gives the names that each column may have in the file."""
    number, header = next(numbered, (1, []))
    names = _columns_of(header, columns)
    missing = [column for column in required if column not in names.values()]
    if missing:
        listed = ", ".join(columns[column][0] for column in missing)
        raise UnreadableFile(
            Rejection(
                number, listed, "missing-columns", f"Tệp thiếu cột: {listed}.", f"The file lacks columns: {listed}."
            )
        )
    for number, line in numbered:
        if any(line):
            yield Row(number, {names[i]: cell for i, cell in enumerate(line) if i in names})


def _columns_of(header: list[str], columns: Mapping[str, Sequence[str]]) -> dict[int, str]:
    known = {header_key(name): column for column, names in columns.items() for name in (column, *names)}
    found: dict[int, str] = {}
    for place, title in enumerate(header):
        column = known.get(header_key(title))
        if column is not None and column not in found.values():
            found[place] = column
    return found


def _encoding_of(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head.removeprefix(codecs.BOM_UTF8))
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8-sig"


def _separator_of(text: str) -> str:
    lines = text.splitlines()[:5]
    return max(",;\t", key=lambda separator: sum(line.count(separator) for line in lines))


def whole_number(text: str) -> int | None:
    """An amount as people write it: `1500000`, `1.500.000`, `1,500,000`, `1 500 000 đ`; None when it is none.

    A fraction other than zero is refused: VND has no smaller unit.
    """
    bare = re.sub(r"(?i)(vnd|vnđ|đ|₫)\.?$", "", text.strip()).replace("\u00a0", " ").strip()
    bare = re.sub(r"(?<=\d) (?=\d{3})", "", bare)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", bare):
        return int(re.sub(r"[.,]", "", bare))
    if re.fullmatch(r"\d{1,13}([.,]0{1,2})?", bare):
        return int(re.split(r"[.,]", bare)[0])
    return None
