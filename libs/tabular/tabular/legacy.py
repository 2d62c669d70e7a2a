"""Text that is not Unicode although it looks like it: the fonts TCVN3 and VNI, and UTF-8 that was read twice.

TCVN 5712:1993 (TCVN3, "ABC") and VNI-Win show one-byte codes with fonts of their own. Saved in a workbook or as UTF-8
they are Latin-1 characters. A file does not name its encoding; it is recognised by words that are Vietnamese syllables.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Literal, NamedTuple

from .findings import UnreadableTable, mixed_encoding
from .syllables import is_syllable

Legacy = Literal["TCVN3", "VNI", "UTF-8 × 2"]

_TCVN3_CODES = (
    "a1Ă a2Â a3Ê a4Ô a5Ơ a6Ư a7Đ a8ă a9â aaê abô acơ adư aeđ b5à b6ả b7ã b8á b9ạ bbằ bcẳ bdẵ beắ c6ặ c7ầ c8ẩ c9ẫ caấ cbậ "
    "ccè ceẻ cfẽ d0é d1ẹ d2ề d3ể d4ễ d5ế d6ệ d7ì d8ỉ dcĩ ddí deị dfò e1ỏ e2õ e3ó e4ọ e5ồ e6ổ e7ỗ e8ố e9ộ eaờ ebở ecỡ edớ "
    "eeợ efù f1ủ f2ũ f3ú f4ụ f5ừ f6ử f7ữ f8ứ f9ự faỳ fbỷ fcỹ fdý feỵ"
)
_TCVN3 = {chr(int(code[:2], 16)): code[2] for code in _TCVN3_CODES.split()}

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT, _HAT, _BREVE = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306"
_VNI_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_HATS = {"â": _HAT, "á": _HAT + _ACUTE, "à": _HAT + _GRAVE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE, "ä": _HAT + _DOT}
_VNI_BREVES = {"ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
               "ë": _BREVE + _DOT}  # fmt: skip
_VNI_MARKS = _VNI_TONES | _VNI_HATS | _VNI_BREVES
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}


def _both_cases(letters: Iterable[str]) -> str:
    return "".join(letter + letter.upper() for letter in letters)


_VNI_PIECE = re.compile(
    f"([aA])([{_both_cases(_VNI_MARKS)}])"
    f"|([eEoO])([{_both_cases(_VNI_TONES | _VNI_HATS)}])"
    f"|([uUyY])([{_both_cases(_VNI_TONES)}])"
    f"|([{_both_cases(_VNI_LETTERS)}])([{_both_cases(_VNI_TONES)}]?)"
    r"|([\u0080-\u00ff])"
)
_BYTES_OF_CP1252 = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(256)}
_BYTES_OF_CP1258 = {bytes([code]).decode("cp1258", "ignore") or chr(code): code for code in range(256)}
_CROSSED = str.maketrans("Ðð", "Đđ")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~]+")


class _NotEncoded(Exception):
    """The text cannot be in the encoding that is being tried."""


@lru_cache(maxsize=1 << 14)
def from_tcvn3(word: str) -> str | None:
    """A word of a TCVN3 font in Unicode; None when it has a character that TCVN3 does not have."""
    letters = [c if c < "\x80" else _TCVN3.get(c) for c in word]
    if None in letters:
        return None
    plain = "".join(letter for letter in letters if letter)
    # The capital fonts (.VnTimeH) show small letters with marks as capitals.
    ascii_letters = [c for c in word if c.isascii() and c.isalpha()]
    return plain.upper() if len(ascii_letters) > 1 and all(c.isupper() for c in ascii_letters) else plain


@lru_cache(maxsize=1 << 14)
def from_vni(word: str) -> str | None:
    """A word of a VNI font in Unicode; None when it has a character where VNI cannot have it."""
    try:
        return unicodedata.normalize("NFC", _VNI_PIECE.sub(_vni_letter, word))
    except _NotEncoded:
        return None


def _vni_letter(match: re.Match[str]) -> str:
    pieces = [piece for piece in match.groups()[:6] if piece]
    if pieces:
        return pieces[0] + _VNI_MARKS[pieces[1].lower()]
    letter, tone = match[7], match[8]
    if not letter:
        raise _NotEncoded
    plain = _VNI_LETTERS[letter.lower()]
    return (plain.upper() if letter.isupper() else plain) + (_VNI_TONES[tone.lower()] if tone else "")


def from_utf8_read_twice(text: str) -> str | None:
    """Text whose UTF-8 bytes were taken for Windows-1252 or 1258, as it was before; None when it is not such text."""
    for codes in (_BYTES_OF_CP1252, _BYTES_OF_CP1258):
        try:
            return bytes(codes[c] for c in text).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            continue
    return None


_OF_WORDS: dict[Legacy, Callable[[str], str | None]] = {"TCVN3": from_tcvn3, "VNI": from_vni}


def to_unicode(text: str, encoding: Legacy) -> str:
    """A cell of a file that is in a legacy encoding; words that are Unicode already stay."""
    if text.isascii():
        return text
    if encoding == "UTF-8 × 2":
        return from_utf8_read_twice(text) or text
    return _WORD.sub(partial(_word_to_unicode, _OF_WORDS[encoding]), text)


def _word_to_unicode(convert: Callable[[str], str | None], match: re.Match[str]) -> str:
    return convert(match[0]) or match[0]


def composed(text: str) -> str:
    """NFC, with Đ for the Icelandic Ð that old keyboards wrote."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_CROSSED)


def words_beyond_ascii(text: str) -> list[str]:
    """The words of a text that have characters beyond ASCII."""
    return [word for word in _WORD.findall(text) if not word.isascii()]


class EncodingEvidence(NamedTuple):
    """What a text shows of its encoding: words that only Unicode explains, and legacy encodings that explain the rest."""

    is_unicode: bool
    legacy: frozenset[Legacy]


_SILENT = EncodingEvidence(is_unicode=False, legacy=frozenset())


def evidence_of(text: str) -> EncodingEvidence:
    """The evidence of one cell; text without accents has none."""
    if text.isascii():
        return _SILENT
    readings = [_readings(word) for word in words_beyond_ascii(text)]
    strange = [legacy for is_plain, legacy in readings if not is_plain]
    if not strange:
        return EncodingEvidence(any(not legacy for _, legacy in readings), frozenset())
    if _is_read_twice(text):
        return EncodingEvidence(is_unicode=False, legacy=frozenset(("UTF-8 × 2",)))
    named = [legacy for legacy in strange if legacy]
    if not named:
        return EncodingEvidence(any(is_plain and not legacy for is_plain, legacy in readings), frozenset())
    return EncodingEvidence(is_unicode=False, legacy=frozenset.intersection(*named) or frozenset.union(*named))


@lru_cache(maxsize=1 << 14)
def _readings(word: str) -> tuple[bool, frozenset[Legacy]]:
    """Whether the word is Vietnamese as it stands, and the legacy encodings in which it would be."""
    if not any(c.isascii() and c.isalpha() for c in word):
        return is_syllable(word), frozenset()
    converted = {encoding: convert(word) for encoding, convert in _OF_WORDS.items()}
    fitting = (encoding for encoding, plain in converted.items() if plain and plain != word and is_syllable(plain))
    return is_syllable(word), frozenset(fitting)


def _is_read_twice(text: str) -> bool:
    if not any(c in "ÃÄÆáĂÂ" for c in text):
        return False
    plain = from_utf8_read_twice(text)
    if plain is None or plain == text:
        return False
    words = words_beyond_ascii(plain)
    return bool(words) and all(map(is_syllable, words))


def encoding_of(rows: Iterable[list[str]]) -> Legacy | None:
    """The legacy encoding of a whole file, from a sample of its rows; None for Unicode.

    Raises `UnreadableTable` for a file that mixes both. One strange row among many is left to the caller.
    """
    unicode_rows = 0
    legacy_rows: Counter[Legacy] = Counter()
    strange_rows = 0
    for row in rows:
        found = [evidence_of(text) for text in row]
        legacy = {encoding for evidence in found for encoding in evidence.legacy}
        legacy_rows.update(legacy)
        strange_rows += bool(legacy)
        unicode_rows += not legacy and any(evidence.is_unicode for evidence in found)
    if not strange_rows:
        return None
    encoding = max(legacy_rows, key=legacy_rows.__getitem__)
    if not unicode_rows:
        return encoding
    if strange_rows >= 2 or strange_rows * 10 >= unicode_rows:
        raise UnreadableTable(mixed_encoding(encoding))
    return None
