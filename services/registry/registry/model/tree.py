"""The tree of units over time: pure arithmetic on validities. Everything here is computed, nothing stored."""

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

    def meet(self, other: "Period") -> "Period | None":
        """The days that both have; `None` when there are none."""
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
class Place:
    """A unit's place in the tree during a period, spelled out: codes from the root down, joined by `/`."""

    path: str
    parent_id: UUID | None
    period: Period


def places_of(unit_id: UUID, codes: Mapping[UUID, str], placements: Mapping[UUID, Sequence[Placement]]) -> list[Place]:
    """All places of a unit, earliest first: its own placements cut by those of every unit above it."""
    found: list[Place] = []
    for placement in placements.get(unit_id, ()):
        if placement.parent_id is None:
            found.append(Place(codes[unit_id], None, placement.period))
            continue
        for above in places_of(placement.parent_id, codes, placements):
            period = placement.period.meet(above.period)
            if period:
                found.append(Place(f"{above.path}/{codes[unit_id]}", placement.parent_id, period))
    return joined(found)


def joined(places: Iterable[Place]) -> list[Place]:
    """The same places in order of time, neighbours in time that say the same being one."""
    ordered = sorted(places, key=lambda place: place.period.first or date.min)
    result: list[Place] = []
    for place in ordered:
        before = result[-1] if result else None
        same = before and (before.path, before.parent_id) == (place.path, place.parent_id)
        if before and same and before.period.touches(place.period):
            result[-1] = Place(place.path, place.parent_id, Period(before.period.first, place.period.last))
        else:
            result.append(place)
    return result


def placements_of(places: Iterable[Place]) -> list[Placement]:
    """Under whom a unit stood, from its places: the inverse of `places_of` for one step."""
    steps = joined(Place("", place.parent_id, place.period) for place in places)
    return [Placement(step.parent_id, step.period) for step in steps]


def below(unit_ids: Iterable[UUID], placements: Mapping[UUID, Sequence[Placement]]) -> set[UUID]:
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
