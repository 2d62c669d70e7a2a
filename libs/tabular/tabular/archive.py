"""Looks at a zipped workbook before a reader of workbooks does: what it unpacks to, and declarations in its XML."""

import re
import zipfile
import zlib
from typing import BinaryIO

from .findings import NOT_A_WORKBOOK, TOO_LARGE, UnreadableTable
from .table import ReadingLimits

ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
_SMALL = 10 << 20  # any ratio is harmless below this size
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_TAIL = 16
_MERGE = b"<mergeCell "


def check_archive(file: BinaryIO, limits: ReadingLimits) -> str:
    """The format of a zipped workbook (`xlsx`, `xlsb` or `ods`); raises `UnreadableTable` for bombs and other files.

    The sizes that the directory of the archive states are added up first. Then every entry is read once: `zipfile` never
    gives out more than the stated size, so an entry that lies about it fails its checksum.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_sizes(archive, limits)
            for entry in archive.infolist():
                _check_entry(archive, entry)
            return _format_of(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, UnreadableTable):
            raise
        raise UnreadableTable(NOT_A_WORKBOOK) from None


def has_merged_cells(file: BinaryIO) -> bool:
    """Whether a sheet of an XLSX file has merged cells."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_contains(archive, name, re.compile(_MERGE)) for name in sheets)


def _check_sizes(archive: zipfile.ZipFile, limits: ReadingLimits) -> None:
    entries = archive.infolist()
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if unpacked > limits.unpacked or (unpacked > _SMALL and unpacked > limits.ratio * packed):
        raise UnreadableTable(TOO_LARGE)


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    is_markup = entry.filename.endswith((".xml", ".rels", ".vml"))
    if _contains(archive, entry.filename, _DECLARATION) and is_markup:
        raise UnreadableTable(NOT_A_WORKBOOK)


def _contains(archive: zipfile.ZipFile, name: str, pattern: re.Pattern[bytes]) -> bool:
    is_found, tail = False, b""
    with archive.open(name) as content:
        while chunk := content.read(_CHUNK):
            is_found = is_found or bool(pattern.search(tail + chunk))
            tail = chunk[-_TAIL:]
    return is_found


def _format_of(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    raise UnreadableTable(NOT_A_WORKBOOK)
