"""The bare table inside a file: rows of cells, whatever the encoding, separator or file format."""

import codecs
import csv
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from registry.identifiers import Finding

Cell = str | int | float | bool | date | None
Row = list[Cell]

_ENCODINGS_BY_MARK = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAX_UNPACKED = 2 * 1024**3
_CHUNK = 1 << 18
_UNREADABLE = "\ufffd"  # stands for a line that no CSV reader accepts, so that its row is rejected, not lost


class UnreadableList(Exception):
    """The file as a whole cannot be read; nothing of it was used."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


NOT_TEXT = Finding(
    "file-encoding",
    "Không đọc được tệp: cần CSV (UTF-8, UTF-16 hoặc Windows-1258) hoặc XLSX",
    "The file cannot be read: CSV (UTF-8, UTF-16 or Windows-1258) or XLSX is needed",
)
NOT_A_WORKBOOK = Finding("file-not-xlsx", "Tệp XLSX bị hỏng", "The XLSX file is damaged")
TOO_LARGE = Finding("file-too-large", "Tệp quá lớn khi giải nén", "The file is too large when unpacked")
EMPTY = Finding("file-empty", "Tệp không có dòng nào", "The file has no rows")


def open_table(file: BinaryIO, score: Callable[[Row], int]) -> Iterator[tuple[int, Row]]:
    """Numbered rows of a CSV or XLSX file, the header being row 1; blank rows are counted and left out.

    `score` says how many columns of a header it knows: the separator that makes most sense of row 1 wins.
    """
    file.seek(0)
    is_workbook = file.read(4) == b"PK\x03\x04"
    rows = _workbook_rows(file) if is_workbook else _csv_rows(file, score)
    return ((number, row) for number, row in rows if any(not _is_blank(cell) for cell in row))


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


class _Borrowed(io.TextIOWrapper):
    """Text over a file that belongs to the caller: it stays open when this wrapper goes."""

    def close(self) -> None:
        pass


def _csv_rows(file: BinaryIO, score: Callable[[Row], int]) -> Iterator[tuple[int, Row]]:
    encoding = _encoding_of(file)
    file.seek(0)
    text = _Borrowed(file, encoding=encoding, errors="replace", newline="")
    header = text.readline()
    if not header.strip():
        raise UnreadableList(EMPTY)
    reader = csv.reader(_chained(header, text), delimiter=_delimiter_of(header, score))
    yield from _numbered(reader, composed=encoding == "cp1258")


def _numbered(reader: Iterator[list[str]], *, composed: bool) -> Iterator[tuple[int, Row]]:
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = [_UNREADABLE]
        yield number, [unicodedata.normalize("NFC", cell) if composed else cell for cell in row]


def _chained(header: str, text: io.TextIOWrapper) -> Iterator[str]:
    yield header
    yield from text


def _delimiter_of(header: str, score: Callable[[Row], int]) -> str:
    def known(delimiter: str) -> int:
        cells: Row = list(next(csv.reader([header], delimiter=delimiter), []))
        return score(cells)

    return max((",", ";", "\t"), key=known)


def _encoding_of(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4096)
    for mark, encoding in _ENCODINGS_BY_MARK:
        if head.startswith(mark):
            return encoding
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Half of a header in UTF-16 without a mark is zero bytes; a stray one is just a bad character.
        if head[offset::2].count(0) * 3 > len(head[offset::2]):
            return encoding
    for encoding in ("utf-8", "cp1258"):
        if _decodes(file, encoding):
            return encoding
    raise UnreadableList(NOT_TEXT)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _workbook_rows(file: BinaryIO) -> Iterator[tuple[int, Row]]:
    try:
        _refuse_bombs(file)
        with warnings.catch_warnings():
            # Extensions such as data validation are not read; their warnings say nothing about the cells.
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
    except UnreadableList:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, SyntaxError):
        raise UnreadableList(NOT_A_WORKBOOK) from None
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_cell(value) for value in cells]
    finally:
        workbook.close()


def _refuse_bombs(file: BinaryIO) -> None:
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
            raise UnreadableList(TOO_LARGE)


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | float | str | date) or value is None:
        return value
    return str(value)
