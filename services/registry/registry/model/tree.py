"""The tree of units over time: computed from validities, without a database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; `None` is open."""

    first: date | None = None
    last: date | None = None

    def intersection(self, other: "Period") -> "Period | None":
        """The days that both have; None when there are none."""
        first = max((day for day in (self.first, other.first) if day), default=None)
        last = min((day for day in (self.last, other.last) if day), default=None)
        return None if first and last and last < first else Period(first, last)

    def touches(self, later: "Period") -> bool:
        """Whether `later` begins on the day after this one ends."""
        return self.last is not None and later.first == self.last + ONE_DAY


@dataclass(frozen=True, slots=True)
class Placement:
    """A unit under a parent during a period; a root has no parent."""

    parent_id: UUID | None
    period: Period


@dataclass(frozen=True, slots=True)
class TreePlace:
    """A unit's place in the tree during a period; `path`: codes from the root down, joined by `/`."""

    path: str
    parent_id: UUID | None
    period: Period


def tree_places(
    unit_id: UUID, codes: Mapping[UUID, str], placements: Mapping[UUID, Sequence[Placement]]
) -> list[TreePlace]:
    """All places of a unit, earliest first: its own placements cut by those of every unit above it."""
    found: list[TreePlace] = []
    for placement in placements.get(unit_id, ()):
        if placement.parent_id is None:
            found.append(TreePlace(codes[unit_id], None, placement.period))
            continue
        for above in tree_places(placement.parent_id, codes, placements):
            period = placement.period.intersection(above.period)
            if period:
                found.append(TreePlace(f"{above.path}/{codes[unit_id]}", placement.parent_id, period))
    return joined(found)


def joined(places: Iterable[TreePlace]) -> list[TreePlace]:
    """The places in order of time; adjacent periods with the same path and parent are joined."""
    ordered = sorted(places, key=lambda place: place.period.first or date.min)
    result: list[TreePlace] = []
    for place in ordered:
        before = result[-1] if result else None
        same = before and (before.path, before.parent_id) == (place.path, place.parent_id)
        if before and same and before.period.touches(place.period):
            result[-1] = TreePlace(place.path, place.parent_id, Period(before.period.first, place.period.last))
        else:
            result.append(place)
    return result


def placements_of(places: Iterable[TreePlace]) -> list[Placement]:
    """The parents of a unit over time, from its places: the inverse of `tree_places` for one step."""
    steps = joined(TreePlace("", place.parent_id, place.period) for place in places)
    return [Placement(step.parent_id, step.period) for step in steps]


def all_below(unit_ids: Iterable[UUID], placements: Mapping[UUID, Sequence[Placement]]) -> set[UUID]:
    """The units and all that ever stood below them."""
    children: dict[UUID, set[UUID]] = defaultdict(set)
    for child, steps in placements.items():
        for step in steps:
            if step.parent_id:
                children[step.parent_id].add(child)
    found: set[UUID] = set()
    waiting = list(unit_ids)
    while waiting:
        unit_id = waiting.pop()
        if unit_id not in found:
            found.add(unit_id)
            waiting.extend(children[unit_id])
    return found
