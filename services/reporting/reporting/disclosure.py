"""Which counts the public may not see, so that none of fewer than five follows from those that it sees.

A table of a unit has a row for each part (its children, and what belongs to none of them) and a column for each counter.
Its rows add up to the unit's own row, and a counter that counts a part of another (people of 15 and over, of all) gives with
it a further column: their difference. Three rules hold in each table, for the counters and for the differences:

1. No count of 1 to 4 is shown, and no two counts with such a difference: the less needed one is hidden.
2. What is hidden under a sum that is shown is in at least two rows, and together at least five.
3. Under a sum that is hidden, at least one row is hidden.

A table shares rows with the one above it and those below it, and with no other, so each hidden count can be moved up and down
without changing any that is shown: linear equations do not determine it. Zeros count no one. They are not shown either, and
the rules hold for readers who know them; except where one part has all of a nested count, whose company they then are. Rows
are hidden in a fixed order, not by size, so that the pattern changes from day to day only when a small count does. Pure
arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    table = _Table(list(parts.values()))
    while table.hide_more(of_whole):
        pass
    return dict(zip(parts, table.hidden_by_part(), strict=True))


Mask = int
"""A set of parts: bit n stands for part n. A rule is checked for all parts by a few operations on whole numbers."""


class _Column:
    """A counter, or the difference of two, in the parts where it is above zero, by their numbers in ascending order."""

    __slots__ = ("above_zero", "small", "values")

    def __init__(self, values: dict[int, int]) -> None:
        self.values = values
        self.above_zero: Mask = sum(1 << part for part in values)
        self.small: Mask = sum(1 << part for part, value in values.items() if value < SMALLEST_PUBLIC_CELL)

    def companions(self, unseen: Mask, is_sum_hidden: bool) -> Mask:
        """The parts to hide beside those that are not seen, in the order of the parts."""
        unseen &= self.above_zero
        if not unseen and not is_sum_hidden:
            return 0
        number, together, chosen = unseen.bit_count(), sum(self.values[part] for part in _parts_in(unseen)), 0
        for part, value in self.values.items():
            if number and (is_sum_hidden or (number >= 2 and together >= SMALLEST_PUBLIC_CELL)):
                break
            if not unseen >> part & 1:
                chosen |= 1 << part
                number, together = number + 1, together + value
        return chosen


class _Table:
    """The protected counters of the parts of one unit, their differences, and what is hidden so far."""

    def __init__(self, parts: Sequence[Counts]) -> None:
        self._size = len(parts)
        columns: dict[str, dict[int, int]] = {}
        for number, counts in enumerate(parts):
            for name, value in counts.items():
                if value > 0:
                    columns.setdefault(name, {})[number] = value
        self._columns = {name: _Column(columns[name]) for name in sorted(columns) if _is_protected(name)}
        self._differences = {
            (whole, part): _Column(_difference(columns[whole], columns.get(part, {})))
            for whole, part in _nestings_among(frozenset(self._columns))
        }
        self._hidden: dict[str, Mask] = defaultdict(int)
        self._hide_small()

    def _hide_small(self) -> None:
        for name, column in self._columns.items():
            self._hidden[name] = column.small
        for pair, difference in self._differences.items():
            self._hidden[_less_needed(*pair)] |= difference.small & ~self._unseen(pair)

    def _unseen(self, names: Iterable[str]) -> Mask:
        mask = 0
        for name in names:
            mask |= self._hidden[name]
        return mask

    def hide_more(self, of_whole: AbstractSet[str]) -> bool:
        """Applies the rules once to every column; whether that has hidden more, which other columns may depend on."""
        changed: Mask = 0
        touched = of_whole | {name for name, mask in self._hidden.items() if mask}
        for name in touched & self._columns.keys():
            chosen = self._columns[name].companions(self._hidden[name], name in of_whole)
            self._hidden[name] |= chosen
            changed |= chosen
        for pair, difference in self._differences.items():
            if not touched.isdisjoint(pair):
                chosen = difference.companions(self._unseen(pair), not of_whole.isdisjoint(pair))
                self._hidden[_less_needed(*pair)] |= chosen
                changed |= chosen
        return changed != 0

    def hidden_by_part(self) -> list[set[str]]:
        found: list[set[str]] = [set() for _ in range(self._size)]
        for name, mask in self._hidden.items():
            for part in _parts_in(mask):
                found[part].add(name)
        return [names | _followers(names) for names in found]


def _difference(whole: Mapping[int, int], part: Mapping[int, int]) -> dict[int, int]:
    return {row: left for row, value in whole.items() if (left := value - part.get(row, 0)) > 0}


def _parts_in(mask: Mask) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


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
