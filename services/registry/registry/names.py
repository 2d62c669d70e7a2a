"""Names as people search and write them: without accents, by the beginning of each word; which of two is the worse."""

import unicodedata

from chassis.folding import clean, fold, squeeze, words

__all__ = ["clean", "fold", "is_same_name", "is_worse_name", "shares_no_word", "squeeze", "words"]


def is_same_name(one: str, other: str) -> bool:
    """Whether two names differ in capitals alone."""
    return one.casefold() == other.casefold()


def is_worse_name(new: str, present: str) -> bool:
    """Whether a name contains less than the present one: fewer parts, or the same letters with fewer accents."""
    parts, present_parts = fold(new).split(), fold(present).split()
    if len(parts) != len(present_parts):
        return len(parts) < len(present_parts)
    return _accents(new) < _accents(present) and (parts == present_parts or not _accents(new))


def shares_no_word(one: str, other: str) -> bool:
    """Whether two names have no word in common, perhaps but for the family name."""
    return set(words(one)[1:] or words(one)).isdisjoint(words(other)[1:] or words(other))


def _accents(name: str) -> int:
    marks = sum(1 for c in unicodedata.normalize("NFD", name) if unicodedata.combining(c))
    return marks + sum(name.count(letter) for letter in "đĐ")
