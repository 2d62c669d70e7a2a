"""Blind word indexes: texts that are stored encrypted are found by their words, with or without accents, unread."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import LargeBinary, and_, cast, false
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.folding import words
from chassis.security.encryption import blind_index, blind_indexes

MARK_BYTES = 8
MOST_MARKS = 400
MOST_WORDS_ASKED = 8
SHORTEST_BEGINNING = 2
INTERNATIONAL_DIGITS = 11


def word_marks(domain: str, *texts: str | None) -> list[bytes]:
    """The marks of every word of these texts, each once."""
    return _marks(domain, (word for text in texts if text for word in words(text)))


def name_marks(domain: str, *names: str | None) -> list[bytes]:
    """The marks of every word of these names and of its beginnings, so that a name is found while it is typed."""
    found = (word for name in names if name for word in words(name))
    return _marks(
        domain,
        (word[:length] for word in found for length in range(min(SHORTEST_BEGINNING, len(word)), len(word) + 1)),
    )


def number_marks(domain: str, number: str | None) -> list[bytes]:
    """The mark of a whole number; nothing for a masked one."""
    digits = "".join(character for character in number or "" if character.isdigit())
    return _marks(domain, [digits]) if digits and "*" not in (number or "") else []


def national(phone: str) -> str:
    """A Vietnamese phone number as people dial it: `+84 912 345 678` and `0912345678` are one number."""
    digits = "".join(character for character in phone if character.isdigit())
    return f"0{digits[2:]}" if len(digits) == INTERNATIONAL_DIGITS and digits.startswith("84") else phone


def has_words(column: Any, domain: str, text: str) -> Any:
    """The condition "every word of the text is marked here", under any index key still in use."""
    asked = words(text)[:MOST_WORDS_ASKED]
    return and_(*(_has(column, domain, word) for word in asked)) if asked else false()


def has_number(column: Any, domain: str, number: str) -> Any:
    """The condition "this number is marked here"."""
    digits = "".join(character for character in number if character.isdigit())
    return _has(column, domain, digits) if digits else false()


def _has(column: Any, domain: str, word: str) -> Any:
    marks = [index[:MARK_BYTES] for index in blind_indexes(domain, word)]
    return column.op("&&")(cast(marks, ARRAY(LargeBinary)))


def _marks(domain: str, found: Iterable[str]) -> list[bytes]:
    distinct = list(dict.fromkeys(found))[:MOST_MARKS]
    return sorted(blind_index(domain, word)[:MARK_BYTES] for word in distinct)
