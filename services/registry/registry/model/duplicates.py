"""Records that may be one person: what two records must share to be compared at all, and how alike two of them are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from chassis.security.encryption import blind_index, decrypt_text
from chassis.storage.database import aware
from registry.model import Table
from registry.model.residents import CONTEXTS
from registry.names import words

WEIGHTS = {"number-slip": 4, "same-name": 3, "same-birth": 3, "swapped-birth": 2, "same-birth-year": 1, "same-phone": 2}
ENOUGH = 5
MOST_IN_BLOCK = 60
"""A key shared by more people than this is no evidence; they are compared by their other keys."""


class DuplicateCheck(Table, table=True):
    """A resident who is new or has changed, and is to be compared with those who share a key."""

    __tablename__ = "duplicate_check"

    resident_id: UUID = Field(primary_key=True)


class DuplicateKey(Table, table=True):
    """A value that two records of one person share despite slips: 64 bits of a blind index."""

    __tablename__ = "duplicate_key"
    __table_args__ = (Index("ix_duplicate_key_resident", "resident_id"),)

    key: int = Field(primary_key=True, sa_type=BigInteger)
    resident_id: UUID = Field(primary_key=True)


class DuplicatePair(Table, table=True):
    """Two records that were alike enough when one of them was last looked at; `one_id` is the smaller."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        Index("ix_duplicate_pair_other", "other_id"),
        Index("ix_duplicate_pair_score", "score"),
        Index("ix_duplicate_pair_id", "id"),
    )

    one_id: UUID = Field(primary_key=True)
    other_id: UUID = Field(primary_key=True)
    score: int
    id: UUID | None = None


class DuplicateDismissal(Table, table=True):
    """An officer decided that the two records of the pair `id` are two persons."""

    __tablename__ = "duplicate_dismissal"

    id: UUID = Field(primary_key=True)
    one_id: UUID
    other_id: UUID
    dismissed_by: str = Field(sa_type=Text)
    dismissed_at: datetime = Field(sa_type=aware())


def pair_id(one_id: UUID, other_id: UUID) -> UUID:
    """The id of a pair, which follows from its records: it stays when the pair is compared again."""
    return uuid5(NAMESPACE_OID, f"{min(one_id, other_id)} {max(one_id, other_id)}")


@dataclass(frozen=True)
class Likeness:
    """What of a resident is compared."""

    id: UUID
    unit_id: UUID
    full_name: str
    born: date
    phone_index: bytes | None
    personal_id: bytes

    @cached_property
    def number(self) -> str:
        """The personal number, decrypted on first use."""
        return decrypt_text(CONTEXTS["personal_id"], str(self.id), self.personal_id)

    @cached_property
    def name(self) -> tuple[str, ...]:
        """The words of the name without accents, in no order."""
        return tuple(sorted(words(self.full_name)))

    def shared_keys(self) -> Iterator[int]:
        """The keys that a second record of this person would share: only records that share a key are compared.

        The name and the year; the first or last word of the name and the birthday, its day and month in no order; the
        number's second half, which a slip in the first leaves whole; the name and the phone.
        """
        first, *_, last = (words(self.full_name) * 2) or ("", "")
        birthday = f"{self.born.year} {sorted((self.born.month, self.born.day))}"
        yield _key(f"name {' '.join(self.name)} {self.born.year}")
        yield from {_key(f"word {first} {birthday}"), _key(f"word {last} {birthday}")}
        yield _key(f"number {self.number[-6:]}")
        if self.phone_index is not None:
            yield _key(f"phone {' '.join(self.name)} {self.phone_index.hex()}")


def _key(text: str) -> int:
    return int.from_bytes(blind_index("duplicate", text)[:8], signed=True)


def reasons(a: Likeness, b: Likeness) -> list[str]:
    """Why two records may be one person."""
    found = []
    if _is_slip(a, b):
        found.append("number-slip")
    if a.name == b.name:
        found.append("same-name")
    if a.born == b.born:
        found.append("same-birth")
    elif a.born.year == b.born.year:
        is_swapped = (a.born.month, a.born.day) == (b.born.day, b.born.month)
        found.append("swapped-birth" if is_swapped else "same-birth-year")
    if a.phone_index is not None and a.phone_index == b.phone_index:
        found.append("same-phone")
    return found


def _is_slip(a: Likeness, b: Likeness) -> bool:
    # A shared word of the name: siblings and neighbours got numbers in a row, on one day.
    if not set(a.name) & set(b.name) or len(a.number) != len(b.number):
        return False
    return sum(x != y for x, y in zip(a.number, b.number, strict=True)) == 1


def score_of(why: list[str]) -> int:
    """The score of these reasons; from `ENOUGH` on an officer should look."""
    return sum(WEIGHTS[reason] for reason in why)
