"""Names as people search them: without accents, by the beginning of each word."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_CROSSED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def clean(text: str) -> str:
    """One composed spelling (NFC), single spaces, nothing invisible."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(c for c in composed if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n\r")
    return " ".join(visible.split())


def fold(text: str) -> str:
    """Lower case without accents: `Nguyễn Thị Đào` in any normal form becomes `nguyen thi dao`."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_CROSSED))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.casefold().translate(_CROSSED)


def words(text: str) -> list[str]:
    """The folded words of a name, each once, in order of appearance."""
    return list(dict.fromkeys(word for part in text.split() for word in _folded(part)))


@lru_cache(maxsize=4096)
def _folded(part: str) -> tuple[str, ...]:
    # Kept, because a whole province bears a few hundred syllables.
    return tuple(_WORD.findall(fold(part)))


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Folded letters and digits only: how headers and unit names are compared."""
    return "".join(_WORD.findall(fold(text)))
