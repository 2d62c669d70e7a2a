"""Files are known by their content."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.uploads import ALLOWED, ANNEXES, FileTooLarge, Infected, WrongKind, read_paper, scan

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


@pytest.mark.parametrize(
    ("content", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
def test_a_paper_is_known_by_its_content(content: bytes, media_type: str) -> None:
    assert read_paper(content, limit=1_000).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"MZ\x90\x00" + b"\0" * 80, b"<html><script>alert(1)</script></html>", b"PK\x03\x04" + b"\0" * 60],
)
def test_a_programme_or_a_page_is_refused(content: bytes) -> None:
    with pytest.raises(WrongKind):
        read_paper(content, limit=1_000)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        read_paper(PDF, limit=10)


async def test_the_scanner_decides() -> None:
    await scan(PDF, "")
    await scan(PDF, "cat")
    with pytest.raises(Infected):
        await scan(PDF, "false")


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200))
def test_arbitrary_bytes_are_a_paper_or_refused_and_nothing_else(content: bytes) -> None:
    try:
        kind = read_paper(content, limit=1_000).media_type
    except WrongKind:
        return
    assert kind in ALLOWED


WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 24
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 24
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60


def packed(*names: str) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return stored.getvalue()


@pytest.mark.parametrize(("content", "media_type"), [(WEBP, "image/webp"), (HEIC, "image/heic")])
def test_pictures_of_telephones_are_taken(content: bytes, media_type: str) -> None:
    assert read_paper(content, limit=1_000).media_type == media_type


def test_a_byte_order_mark_before_a_pdf_is_dropped() -> None:
    assert read_paper(b"\xef\xbb\xbf" + PDF, limit=1_000).content == PDF


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (packed("[Content_Types].xml", "word/document.xml"), "phu-luc.docx", ".docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "bieu.bin", ".xlsx"),
        (packed("a.pdf", "b.pdf"), "phu-luc.zip", ".zip"),
        (OLE, "phu-luc.doc", ".doc"),
        (OLE, "bieu.xls", ".xls"),
        ("Phụ lục\r\nDòng hai".encode(), "phu-luc.txt", ".txt"),
        ("Phụ lục".encode("utf-16"), "phu-luc.txt", ".txt"),
        (b"{\\rtf1 x}", "phu-luc.rtf", ".rtf"),
    ],
)
def test_an_annex_between_agencies_is_taken_as_a_file_and_a_paper_of_that_kind_is_not(
    content: bytes, name: str, ending: str
) -> None:
    assert ANNEXES[read_paper(content, limit=10_000, name=name).media_type] == ending
    with pytest.raises(WrongKind):
        read_paper(content, limit=10_000)


def test_a_programme_is_no_annex() -> None:
    with pytest.raises(WrongKind):
        read_paper(b"MZ\x90\x00" + b"\0" * 80, limit=1_000, name="phu-luc.doc")
