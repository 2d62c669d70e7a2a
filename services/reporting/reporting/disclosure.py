"""Which counts the public may not see, so that none of fewer than five follows from those that it sees.

A table of a unit has a row for each part (its children, and what belongs to none of them) and a column for each counter.
Its rows add up to the unit's own row, and a counter that counts a part of another (people of 15 and over, of all) gives with
it a further column: their difference. Three rules hold in each table, for the counters and for the differences:

1. No count of 1 to 4 is shown, and no two counts with such a difference: the less needed one is hidden.
2. What is hidden under a sum that is shown is in at least two rows, and together at least five.
3. Under a sum that is hidden, at least one row is hidden.

A table shares rows with the one above it and those below it, and with no other, so each hidden count can be moved up and down
without changing any that is shown: linear equations do not determine it. Zeros count nobody. They are not shown either, and
the rules hold for readers who know them; except where one part has all of a nested count, whose company they then are. Rows
are hidden in a fixed order, not by size, so that the pattern changes from day to day only when a small count does. Pure
arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, lru_cache
from typing import TypeVar

from reporting.figures import SMALLEST_PUBLIC_CELL, Figure, Point
from reporting.indicators import CounterDefinition, Indicator, catalogue

__all__ = [
    "counted_by",
    "impersonal_counters",
    "public_count",
    "public_figure",
    "public_point",
    "related_counters",
    "suppressed_parts",
    "suppressed_whole",
]

Part = TypeVar("Part")
Counts = Mapping[str, int]


def public_figure(figure: Figure, suppressed: AbstractSet[str] = frozenset()) -> Figure:
    """The figure without counts under five and suppressed ones, and then without its share; without its trend."""
    numerator, denominator = _public_counts(figure.indicator, figure.numerator, figure.denominator, suppressed)
    is_hidden = (numerator, denominator) != (figure.numerator, figure.denominator) and not _is_empty(figure)
    return replace(figure, numerator=numerator, denominator=denominator, trend=(), is_hidden=is_hidden)


def public_point(point: Point, indicator: Indicator, suppressed: AbstractSet[str] = frozenset()) -> Point:
    """A day of a trend as the public may see it; `suppressed` are the counters of that day."""
    numerator, denominator = _public_counts(indicator, point.numerator, point.denominator, suppressed)
    hidden = (numerator, denominator) != (point.numerator, point.denominator)
    return Point(point.day, numerator, denominator, None if hidden else point.value)


def public_count(name: str, count: int | None, suppressed: AbstractSet[str] = frozenset()) -> int | None:
    """A counter's value as the public may see it."""
    if count is None or name in impersonal_counters():
        return count
    return None if name in suppressed or count < SMALLEST_PUBLIC_CELL else count


def _public_counts(
    indicator: Indicator, numerator: int | None, denominator: int | None, suppressed: AbstractSet[str]
) -> tuple[int | None, int | None]:
    def shown(counter: CounterDefinition | None, count: int | None) -> int | None:
        return public_count(counter.name, count, suppressed) if counter else None

    return shown(indicator.numerator, numerator), shown(indicator.denominator, denominator)


def _is_empty(figure: Figure) -> bool:
    """Nothing was counted: there is no data, which is something else than a hidden count."""
    return not figure.numerator and not figure.denominator


def suppressed_whole(counts: Counts) -> set[str]:
    """The counters that are not shown of a unit that is part of no other: the province."""
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST_PUBLIC_CELL and _is_protected(name)}
    for whole, part in _nestings_among(frozenset(counts)):
        if not {whole, part} & hidden and _is_small(counts.get(whole, 0) - counts.get(part, 0)):
            hidden.add(_less_needed(whole, part))
    return hidden | _followers(hidden)


def suppressed_parts(parts: Mapping[Part, Counts], of_whole: AbstractSet[str]) -> dict[Part, set[str]]:
    """By part, the counters that are not shown; `of_whole` are those that are not shown of the parts' sum."""
    hidden = {part: suppressed_whole(counts) for part, counts in parts.items()}
    columns = sorted({name for counts in parts.values() for name in counts if _is_protected(name)})
    nestings = _nestings_among(frozenset(columns))
    while _hide_more(parts, hidden, of_whole, columns, nestings):
        pass
    return {part: names | _followers(names) for part, names in hidden.items()}


def _hide_more(
    parts: Mapping[Part, Counts],
    hidden: Mapping[Part, set[str]],
    of_whole: AbstractSet[str],
    columns: Sequence[str],
    nestings: Sequence[tuple[str, str]],
) -> bool:
    """Applies the rules once to every column; whether that has hidden more, which other columns may depend on."""
    changed = 0
    touched = set(of_whole).union(*hidden.values())
    for name in columns:
        if name in touched:
            changed += _hide_in_column(parts, hidden, of_whole, name)
    for whole, part in nestings:
        if whole in touched or part in touched:
            changed += _hide_in_difference(parts, hidden, of_whole, whole, part)
    return changed > 0


def _hide_in_column(
    parts: Mapping[Part, Counts], hidden: Mapping[Part, set[str]], of_whole: AbstractSet[str], name: str
) -> bool:
    rows = {part: counts[name] for part, counts in parts.items() if counts.get(name, 0) > 0}
    chosen = list(_more_rows(rows, {part for part in rows if name in hidden[part]}, name in of_whole))
    for part in chosen:
        hidden[part].add(name)
    return bool(chosen)


def _hide_in_difference(
    parts: Mapping[Part, Counts], hidden: Mapping[Part, set[str]], of_whole: AbstractSet[str], whole: str, part: str
) -> bool:
    differences = {row: counts.get(whole, 0) - counts.get(part, 0) for row, counts in parts.items()}
    rows = {row: difference for row, difference in differences.items() if difference > 0}
    unseen = {row for row in rows if {whole, part} & hidden[row]}
    chosen = list(_more_rows(rows, unseen, bool({whole, part} & of_whole)))
    for row in chosen:
        hidden[row].add(_less_needed(whole, part))
    return bool(chosen)


def _more_rows(rows: Mapping[Part, int], unseen: AbstractSet[Part], is_sum_hidden: bool) -> Iterable[Part]:
    """The rows to hide beside those that are not seen, in the order of the rows."""
    number, together = len(unseen), sum(rows[row] for row in unseen)
    if not number and not is_sum_hidden:
        return
    for row in rows:
        if number and (is_sum_hidden or (number >= 2 and together >= SMALLEST_PUBLIC_CELL)):
            return
        if row not in unseen:
            number, together = number + 1, together + rows[row]
            yield row


def related_counters(names: Iterable[str]) -> set[str]:
    """The counters on which it depends whether the public sees those named.

    These are the payments or cases behind a sum, and of each nested pair whose less needed counter is named the other one.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [counted_by()[name]] if name in counted_by() else []
            waiting += [other for pair in _nestings() if _less_needed(*pair) == name for other in pair]
    return found


@cache
def _less_needed(whole: str, part: str) -> str:
    """Of two counters, the variant by population; else the one that is not compared between units; else the part."""
    compared = {catalogue().indicators[code].numerator.name for code in catalogue().comparison}

    def rank(name: str) -> tuple[bool, bool]:
        return "@" in name, name.partition("@")[0] not in compared

    return whole if rank(whole) > rank(part) else part


def _is_small(count: int) -> bool:
    return 0 < count < SMALLEST_PUBLIC_CELL


def _is_protected(name: str) -> bool:
    return name not in impersonal_counters() and name not in counted_by()


def _followers(hidden: AbstractSet[str]) -> set[str]:
    return {name for name, cause in counted_by().items() if cause in hidden}


@lru_cache(maxsize=256)
def _nestings_among(names: frozenset[str]) -> list[tuple[str, str]]:
    """The nested pairs of which the whole is there; a part that is not is zero."""
    return [pair for pair in _nestings() if pair[0] in names]


@cache
def _nestings() -> tuple[tuple[str, str], ...]:
    return tuple(catalogue().nestings())


@cache
def impersonal_counters() -> frozenset[str]:
    """The counters that count no people, and no cases or payments of people."""
    known = catalogue().indicators.values()
    personal = {counter.name for each in known if each.is_personal for counter in each.counters()}
    return frozenset(catalogue().counters() - personal)


@cache
def counted_by() -> Mapping[str, str]:
    """By counter of a sum (of money, of form fields): the counter of the payments or cases behind it."""
    return {
        counter.name: each.counted_by
        for each in catalogue().indicators.values()
        if each.counted_by
        for counter in each.counters()
    }
