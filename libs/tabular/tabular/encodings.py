"""Which encoding the bytes of a CSV file are in."""

import codecs
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from . import legacy
from .findings import NOT_TEXT, UnreadableTable, mixed_encoding
from .legacy import Legacy
from .syllables import is_syllable

_CHUNK = 1 << 18
_SAMPLE_LINES = 5_000
_NO_TABLE = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"<html",
    b"<!DOC",
    b"<?xml",
)


class Encoding(NamedTuple):
    """How to decode a file: the codec of Python, its way with undecodable bytes, and a legacy font encoding."""

    name: str
    codec: str
    errors: str
    legacy: Legacy | None = None


UTF_8 = Encoding("utf-8", "utf-8-sig", "surrogateescape")
WINDOWS_1258 = Encoding("windows-1258", "cp1258", "strict")


def encoding_of(file: BinaryIO) -> Encoding:
    """The encoding of a CSV file; raises `UnreadableTable` for bytes that are no text.

    UTF-8 with few wrong bytes stays UTF-8: the rows with those bytes are broken, not the file.
    """
    file.seek(0)
    head = file.read(4096)
    if head.lstrip().lower().startswith(tuple(magic.lower() for magic in _NO_TABLE)):
        raise UnreadableTable(NOT_TEXT)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "utf-16", "replace")
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Half of a header in UTF-16 is zero bytes; a single one is only a bad character.
        if head[offset::2].count(0) * 3 > len(head[offset::2]):
            return Encoding(codec, codec, "replace")
    right, wrong = _count_utf8(file)
    if not wrong or right > 2 * wrong:
        return UTF_8
    return _one_byte_encoding(file)


def _count_utf8(file: BinaryIO) -> tuple[int, int]:
    """How many characters beyond ASCII are right in UTF-8, and how many bytes are not."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = 0
    while True:
        chunk = file.read(_CHUNK)
        text = decoder.decode(chunk, final=not chunk)
        if not text.isascii():
            bad = sum("\udc80" <= c <= "\udcff" for c in text) if _has_surrogates(text) else 0
            wrong += bad
            # While all is UTF-8 one mark for each chunk is enough; after a wrong byte the right ones are counted.
            right += sum(c > "\x7f" for c in text) - bad if wrong else 1
        if not chunk:
            return right, wrong


def _has_surrogates(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _one_byte_encoding(file: BinaryIO) -> Encoding:
    """Windows-1258, TCVN3 or VNI: the one in which most lines are Vietnamese."""
    fitting: Counter[str] = Counter()
    lines_by_encodings: Counter[frozenset[str]] = Counter()
    for line in islice(_lines_beyond_ascii(file), _SAMPLE_LINES):
        names = _names_fitting(line)
        fitting.update(names)
        lines_by_encodings[names] += 1
    best = max((WINDOWS_1258.name, "TCVN3", "VNI"), key=lambda name: fitting[name])
    lines_without_best = sum(count for names, count in lines_by_encodings.items() if names and best not in names)
    if lines_without_best >= 2 or (lines_without_best and lines_without_best * 10 >= fitting[best]):
        second_best = max((name for name in fitting if name != best), key=lambda name: fitting[name])
        raise UnreadableTable(mixed_encoding(second_best if best == WINDOWS_1258.name else best))
    if best == WINDOWS_1258.name:
        _require_decodable(file)
        return WINDOWS_1258
    return Encoding(best, "latin-1", "strict", "TCVN3" if best == "TCVN3" else "VNI")


def _lines_beyond_ascii(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while line := file.readline(1 << 16):
        if not line.isascii():
            yield line


def _names_fitting(line: bytes) -> frozenset[str]:
    """The encodings in which every word of a line that has marks is a Vietnamese syllable."""
    fitting = set()
    if _all_syllables(_composed(line)):
        fitting.add(WINDOWS_1258.name)
    words = legacy.words_beyond_ascii(line.decode("latin-1"))
    for name, convert in (("TCVN3", legacy.from_tcvn3), ("VNI", legacy.from_vni)):
        converted = [convert(word) for word in words]
        if all(plain and is_syllable(plain) for plain in converted):
            fitting.add(name)
    return frozenset(fitting)


def _composed(line: bytes) -> str:
    return legacy.composed(line.decode("cp1258", "replace"))


def _all_syllables(text: str) -> bool:
    return all(is_syllable(word) for word in legacy.words_beyond_ascii(text))


def _require_decodable(file: BinaryIO) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("cp1258")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        raise UnreadableTable(NOT_TEXT) from None
