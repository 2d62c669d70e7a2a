"""Searching units as officers type: with or without accents, with the unit's kind in front, by a code of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.security.scope import valid_on
from chassis.storage.tables import KnownLineage, KnownUnit
from registry.model.units import UnitWord
from registry.names import words

_WRITTEN_KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    written: (level, frozenset(kinds.split()))
    for names, level, kinds in (
        ("xa|x", "commune", "commune"),
        ("phuong|p", "commune", "ward"),
        ("thi tran|tt", "commune", "township"),
        ("dac khu", "commune", "special_zone"),
        ("huyen|h|quan", "district", "district"),
        ("thi xa|tx", "district", "town"),
        ("thanh pho|tp", "district", "city"),
        ("tinh", "province", "province"),
        ("thon|ban|lang|xom|ap", "village", "village hamlet"),
        ("to dan pho|tdp", "village", "residential_group"),
        ("khu pho|kp|khu", "village", "quarter"),
    )
    for written in names.split("|")
}
"""Kinds as people write them in front of a name, folded, with the level and the kinds that they mean."""
_LONGEST_KIND = 3


@dataclass(frozen=True, slots=True)
class UnitSearch:
    """What was typed: `named` are the words behind a kind, `all_words` all of them, for names that begin like a kind."""

    code: str
    all_words: Sequence[str]
    named: Sequence[str] = ()
    level: str | None = None
    kinds: frozenset[str] = field(default_factory=frozenset)


def parse_search(typed: str) -> UnitSearch:
    """The search in a text such as "xã Đồng Thắng", "TT Ngọc Lặc" or "15727"."""
    found = words(typed)
    for length in range(min(_LONGEST_KIND, len(found) - 1), 0, -1):
        if kind := _WRITTEN_KINDS.get(" ".join(found[:length])):
            level, kinds = kind
            return UnitSearch(typed.strip(), found, found[length:], level, kinds)
    return UnitSearch(typed.strip(), found)


def matches(search: UnitSearch, *, exactly: bool) -> ColumnElement[bool]:
    """Units that were searched for; with `exactly` of the written kind, otherwise of its level (a township that became a
    commune is still found as a township)."""
    found = [col(KnownUnit.code) == search.code, _named(search.all_words)]
    if search.level == "district":
        is_kind: Any = col(KnownUnit.level).in_(("district", "province"))
    else:
        is_kind = col(KnownUnit.level) == search.level
    if search.named:
        of_kind = col(KnownUnit.kind).in_(sorted(search.kinds)) if exactly else is_kind
        found.append(and_(of_kind, _named(search.named)))
    return or_(*found)


def _named(searched: Sequence[str]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    for word in searched:
        named = select(UnitWord.unit_id).where(col(UnitWord.word) >= word, col(UnitWord.word) < word + "\U0010ffff")
        conditions.append(col(KnownUnit.id).in_(named))
    return and_(*conditions) if conditions else col(KnownUnit.id).is_(None)


def ended_before(day: date) -> ColumnElement[bool]:
    """Units that ended, with their last place in the tree: the last one of a code that no unit bears on the day."""
    last, other = col(KnownUnit.valid_to), aliased(KnownUnit)
    bears_it = exists().where(
        col(other.code) == col(KnownUnit.code), or_(valid_on(other, day), col(other.valid_to) > last)
    )
    return and_(
        last < day,
        func.coalesce(col(KnownLineage.valid_from), last) <= last,
        func.coalesce(col(KnownLineage.valid_to), last) >= last,
        ~bears_it,
    )
