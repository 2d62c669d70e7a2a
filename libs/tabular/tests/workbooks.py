"""Workbooks, sound and sick, made on the spot."""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter


def as_xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), hidden: Sequence[int] = ()) -> io.BytesIO:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        date_format = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for place, rows in enumerate(sheets):
            sheet = workbook.add_worksheet(names[place] if names else f"Trang {place + 1}")
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    is_date = hasattr(cell, "isoformat")
                    sheet.write(number, column, cell, date_format) if is_date else sheet.write(number, column, cell)
            if place in hidden:
                sheet.hide()
        visible = next(p for p in range(len(sheets)) if p not in hidden)
        workbook.worksheets()[visible].activate()
        workbook.worksheets()[visible].set_first_sheet()
    content.seek(0)
    return content


def merged(rows: Sequence[Sequence[Any]], *ranges: tuple[int, int, int, int]) -> io.BytesIO:
    """A sheet with merged ranges (top, left, bottom, right), counted from 0."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for top, left, bottom, right in ranges:
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    content.seek(0)
    return content


def patched(file: io.BytesIO, entry: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The same workbook with one entry rewritten."""
    content = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body) if name == entry else body)
    content.seek(0)
    return content


SHEET = "xl/worksheets/sheet1.xml"


def with_cell(file: io.BytesIO, cell: str) -> io.BytesIO:
    """The workbook with one more cell (XML) in a last row."""
    row = re.findall(r'r="[A-Z]+(\d+)"', cell)[0]
    xml = f'<row r="{row}">{cell}</row></sheetData>'.encode()
    return patched(file, SHEET, lambda body: body.replace(b"</sheetData>", xml))


def as_ods(rows: Sequence[Sequence[str]]) -> io.BytesIO:
    cells = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        ) + "</table:table-row>"
        for row in rows
    )  # fmt: skip
    namespaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {namespaces} office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="DS">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    content.seek(0)
    return content


def as_xls(rows: Sequence[Sequence[str]]) -> io.BytesIO:
    """BIFF8 in a compound file: one sheet of labels. Formats: [MS-XLS] 2.4 and [MS-CFB] 2."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            text = cell.encode("utf-16-le")
            sheet += _record(0x0204, struct.pack("<HHHHB", number, place, 0, len(cell), 1) + text)
    sheet += _record(0x000A, b"")
    start, end = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)), _record(0x000A, b"")
    bound_length = 4 + 10
    offset = len(start) + bound_length + len(end)
    bound = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 2, 0) + b"DS")
    return _compound((start + bound + end + sheet).ljust(4096, b"\0"))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> io.BytesIO:
    sectors = -(-len(stream) // 512)
    end, free, fat = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [*range(1, sectors), end, end, fat]  # the stream, its directory, this table
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, child=1, start=end) + _entry("Workbook", 2, start=0, size=len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, sectors, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", sectors + 1, *[free] * 108)
    return io.BytesIO(header + stream.ljust(sectors * 512, b"\0") + directory.ljust(512, b"\0") + table)


def _entry(name: str, kind: int, *, start: int, size: int = 0, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
