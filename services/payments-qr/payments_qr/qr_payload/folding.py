"""Vietnamese text to the printable ASCII that every bank's application reads."""

import re

from chassis.folding import to_ascii as folded

__all__ = ["folded", "shortened"]

_ASIDE = re.compile(r" - |,|\(|;")


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
