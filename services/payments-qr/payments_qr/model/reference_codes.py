"""References that survive bank memos: short, in capitals and digits, with a check character, found inside a memo.

Banks write memos in capitals, put their own text before them, drop punctuation and cut them off. A reference is
`BK`, nine random characters and one check character (ISO/IEC 7064, MOD 37,36), which notices every single wrong
character and every swap of two neighbours.
"""

import re
import secrets
from collections.abc import Iterator, Sequence

from payments_qr.qr_payload import folded

PREFIX = "BK"
LENGTH = len(PREFIX) + 9 + 1
LONGEST = 25  # tag 62.05 and 62.08
# I, L, O and U are left out: read aloud or typed from a receipt they turn into 1, 1, 0 and V.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OURS = re.compile(rf"(?=({PREFIX}[{_LETTERS}]{{9}}[{_ALL}]))")
_TOKEN = re.compile(r"[A-Z0-9]+")
_CUSTOMER_WORD = re.compile(r"[A-Z0-9][A-Z0-9.\-]*")
_MOST_TOKENS = 40


def new_reference() -> str:
    """A new reference of 12 characters; 45 random bits, the table's unique index catches the rest."""
    body = PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(9))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 over digits and capital letters."""
    carry = 36
    for character in body:
        carry = (_ALL.index(character) + carry) % 36 or 36
        carry = carry * 2 % 37
    return _ALL[(37 - carry) % 36]


def has_right_check(reference: str) -> bool:
    """Whether a whole reference, check character included, is as it was issued."""
    return bool(re.fullmatch(r"[0-9A-Z]{2,}", reference)) and check_character(reference[:-1]) == reference[-1]


def reference_key(text: str) -> str:
    """The part of a reference that every bank keeps: ASCII capitals and digits."""
    return re.sub(r"[^0-9A-Z]", "", folded(text).upper())


def references_in(memo: str) -> list[str]:
    """The keys under which the code of a payment may be found, the surest first, without repetition.

    The whole text; then references of ours anywhere inside it, also glued to a bank's prefix or broken by
    spaces; then single words and neighbours of up to three words, for references that others chose.
    """
    return list(dict.fromkeys(key for key in _candidates(memo) if 3 <= len(key) <= 64))


def _candidates(memo: str) -> Iterator[str]:
    key = reference_key(memo)
    yield key
    yield from (match.group(1) for match in _OURS.finditer(key) if has_right_check(match.group(1)))
    words = _TOKEN.findall(folded(memo).upper())[:_MOST_TOKENS]
    for width in (1, 2, 3):
        yield from ("".join(words[start : start + width]) for start in range(len(words) - width + 1))


def customer_codes_in(memo: str) -> list[str]:
    """Words of a memo that may be a supplier's customer code: with a digit; whole, without punctuation, and their parts."""
    found: dict[str, None] = {}
    for word in _CUSTOMER_WORD.findall(folded(memo).upper())[:_MOST_TOKENS]:
        for form in (word.strip(".-"), reference_key(word), *re.split(r"[.\-]", word)):
            if 3 <= len(form) <= LONGEST and any(character.isdigit() for character in form):
                found[form] = None
    return list(found)


def is_mangled(memo: str, reference: str) -> bool:
    """Whether `reference` was found in `memo` only by looking inside it."""
    return memo.strip() != reference


def likely_keys(memo: str, known: Sequence[str]) -> list[str]:
    """Of the `known` keys, those that `memo` may have meant: cut off at the end, or one character wrong."""
    key = reference_key(memo)
    pieces = {key, *(word for word in _TOKEN.findall(folded(memo).upper()) if len(word) >= 6)}
    return [known_key for known_key in known if any(_resembles(piece, known_key) for piece in pieces)]


def _resembles(piece: str, key: str) -> bool:
    if len(piece) >= 6 and (key.startswith(piece) or (len(key) >= 6 and key[: max(6, len(key) - 4)] in piece)):
        return True
    return len(piece) == len(key) >= 6 and sum(a != b for a, b in zip(piece, key, strict=True)) <= 2
