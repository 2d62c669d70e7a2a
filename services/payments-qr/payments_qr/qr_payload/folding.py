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
_ASIDE = re.compile(r" - |,|\(|;")


def folded(text: str) -> str:
    """`text` without Vietnamese marks, full-width forms and odd spaces; what has no ASCII form stays as it is."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_DECOMPOSITION))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SPACES.sub(" ", bare.translate(_WITHOUT_DECOMPOSITION)).strip()


def shortened(text: str, limit: int) -> str:
    """A suggestion of at most `limit` characters that a merchant would recognise; the merchant decides.

    First what stands after a dash, comma or bracket goes, then leading words shrink to their initials
    ("Cua hang tap hoa Hanh Phuc" becomes "CHTH Hanh Phuc"), at last the words that fit from the front.
    """
    plain = folded(text)
    if len(plain) > limit:
        plain = _ASIDE.split(plain)[0].strip()
    words = plain.split(" ")
    for leading in (0, *range(2, len(words))):  # a single initial at the front identifies no shop
        initials = "".join(word[0] for word in words[:leading]).upper()
        candidate = " ".join([initials, *words[leading:]]).strip()
        if len(candidate) <= limit:
            return candidate
    while len(words) > 1 and len(" ".join(words)) > limit:
        words.pop()
    return " ".join(words)[:limit].strip()
