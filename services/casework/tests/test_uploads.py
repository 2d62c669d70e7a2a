"""Files are known by their content."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.uploads import ALLOWED, FileTooLarge, Infected, WrongKind, read_paper, scan

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
