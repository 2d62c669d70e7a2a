"""Vietnamese text without its marks, for comparing and searching. Imports the standard library only."""

import re
import unicodedata
from functools import lru_cache

# Letters and signs without a Unicode decomposition; NFKD handles everything else.
_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",  # ð/Ð: what old Windows-1258 files carry instead of đ/Đ
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
        "‘": "'", "’": "'", "“": '"', "”": '"',
        "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\u00ad": "",
    }
)  # fmt: skip
_CROSSED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})
_SPACES = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[^\W_]+")


def clean(text: str) -> str:
    """One composed spelling (NFC), single spaces, no invisible characters."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(c for c in composed if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n\r")
    return " ".join(visible.split())


def to_ascii(text: str) -> str:
    """The text without Vietnamese marks, full-width forms and repeated spaces; case stays.

    What has no ASCII form stays as it is.
    """
    bare = _without_marks(text.translate(_WITHOUT_DECOMPOSITION))
    return _SPACES.sub(" ", bare.translate(_WITHOUT_DECOMPOSITION)).strip()


def fold(text: str) -> str:
    """Lower case without accents: `Nguyễn Thị Đào` in any normal form becomes `nguyen thi dao`."""
    return _without_marks(text.translate(_CROSSED)).casefold().translate(_CROSSED)


def words(text: str) -> list[str]:
    """The folded words of a name, each once, in order of appearance."""
    return list(dict.fromkeys(word for part in text.split() for word in _folded_words(part)))


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Folded letters and digits only: how column titles and unit names are compared."""
    return "".join(_WORD.findall(fold(text)))


@lru_cache(maxsize=4096)
def _folded_words(part: str) -> tuple[str, ...]:
    # Kept, because the names of a province use a few hundred syllables.
    return tuple(_WORD.findall(fold(part)))


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
