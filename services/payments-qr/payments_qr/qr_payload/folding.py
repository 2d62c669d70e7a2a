"""Vietnamese text to the printable ASCII that every bank's application reads."""

import re
import unicodedata

# Letters and signs without a Unicode decomposition; everything else is handled by NFKD.
_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",  # ð/Ð: what old Windows-1258 files carry instead of đ/Đ
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
        "‘": "'", "’": "'", "“": '"', "”": '"',
        "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\u00ad": "",
    }
)  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n]+")


def folded(text: str) -> str:
    """`text` without Vietnamese marks, full-width forms and odd spaces; what has no ASCII form stays as it is."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_DECOMPOSITION))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SPACES.sub(" ", bare.translate(_WITHOUT_DECOMPOSITION)).strip()


def shortened(text: str, limit: int) -> str:
    """A suggestion of at most `limit` characters: whole words first, then first letters of the leading words."""
    words = folded(text).split(" ")
    for abbreviated in range(len(words)):
        candidate = " ".join(word[0] if i < abbreviated else word for i, word in enumerate(words))
        if len(candidate) <= limit:
            return candidate
    return words[-1][:limit]
