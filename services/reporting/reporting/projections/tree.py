"""The tree of units on any day, and where a count belongs in it, also when its unit was merged since or before.

A day has a generation: before July 2025 with districts, since then without. A unit that does not exist on a day stands where
its successors (or predecessors) stand; where these are several, at the lowest unit that holds them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.figures import UnitName

__all__ = ["UNITS_CHANGED", "Tree", "TreeGeneration", "Unit", "UnitLineage", "tree_of"]

LONG_AGO = date(1, 1, 1)
FAR_AHEAD = date(9999, 12, 31)
KEPT_GENERATIONS = 2
"""Today's, and that of the districts."""

UNITS_CHANGED = "units changed"
"""In `session.info`: this transaction has changed units, so its own view of them must not be cached for others."""

WHOLE = frozenset({"whole", "unchanged", "type_changed"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its own id; its code alone may name another one in another generation."""

    id: UUID
    code: str
    name: str
    level: str
    kind: str
    valid_from: date
    valid_to: date

    def named(self) -> UnitName:
        return UnitName(self.code, self.name, self.level, self.kind)


@dataclass(frozen=True, slots=True)
class UnitLineage:
    """Where a unit stood during a time: the codes from the province down to itself."""

    path: tuple[str, ...]
    parent_id: UUID | None
    valid_from: date
    valid_to: date


@dataclass(slots=True)
class TreeGeneration:
    """The tree as it stands on a day. `homed` are, by unit of this day, all units of any time whose counts are its own."""

    units: dict[UUID, Unit]
    parents: dict[UUID, UUID | None]
    by_code: dict[str, UUID]
    children: dict[UUID, list[UUID]]
    homed: dict[UUID, list[UUID]]
    since: date = LONG_AGO
    """The first day that looks like this."""
    _members: dict[UUID, list[UUID]] = field(default_factory=dict)
    _homes: dict[UUID, UUID] = field(default_factory=dict)

    def find(self, code: str) -> Unit | None:
        """The unit that bears a code on this day."""
        id = self.by_code.get(code)
        return self.units[id] if id else None

    def ancestors(self, id: UUID) -> list[UUID]:
        """From the province down to the unit's parent."""
        return _line(id, self.parents)[:-1]

    def has_totals(self, id: UUID) -> bool:
        """Whether a unit is made up of more than its own counts, so that its sums are worth keeping."""
        return id in self.children or (id in self.units and self.homed.get(id) != [id])

    def home_of(self, id: UUID) -> UUID | None:
        """The unit of this day to which the counts of a unit of any time belong."""
        if not self._homes:
            self._homes.update((guest, home) for home, guests in self.homed.items() for guest in guests)
        return self._homes.get(id)

    def totals_over(self, id: UUID) -> list[UUID]:
        """The units of this day whose sums contain the counts of a unit of any time."""
        home = self.home_of(id)
        return [each for each in _line(home, self.parents) if self.has_totals(each)] if home else []

    def members_of(self, id: UUID) -> list[UUID]:
        """All units of any time whose counts belong to a unit or to one below it; an unknown unit is its own."""
        if id not in self.units:
            return [id]
        if id not in self._members:
            below = [member for child in self.children.get(id, []) for member in self.members_of(child)]
            self._members[id] = [*self.homed.get(id, []), *below]
        return self._members[id]


class Tree:
    """All units of all times with their places; `at` gives the generation of a day.

    A unit whose decree was taken back ends before its first day: it was never a predecessor of another one.
    """

    def __init__(
        self,
        units: dict[UUID, Unit],
        places: dict[UUID, list[UnitLineage]],
        successions: Iterable[tuple[UUID, UUID, str]] = (),
        version: int = 0,
    ) -> None:
        self.version = version
        self._units = units
        self._places = places
        self._after: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
        self._before: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
        for old, new, kind in successions:
            self._after[old].append((new, kind))
            if old not in units or units[old].valid_from <= units[old].valid_to:
                self._before[new].append((old, kind))
        self._breaks = self._break_days()
        self._generations: dict[date, TreeGeneration] = {}

    def at(self, day: date) -> TreeGeneration:
        """The generation of a day; the same one for all days between two changes."""
        since = max(each for each in self._breaks if each <= day)
        if since not in self._generations:
            self._generations[since] = self._make(day, since)
        return self._generations[since]

    def kept_generations(self, day: date) -> list[TreeGeneration]:
        """The generations whose sums are kept: that of a day and the one before it."""
        breaks = [each for each in self._breaks if each <= day]
        return [self.at(each) for each in breaks[-KEPT_GENERATIONS:]]

    def unit(self, id: UUID) -> Unit | None:
        return self._units.get(id)

    def last_day_of(self, unit: Unit, until: date) -> date:
        """The last day up to `until` on which a unit exists."""
        return min(unit.valid_to, until)

    def _break_days(self) -> list[date]:
        spans: list[Any] = [*self._units.values(), *(place for places in self._places.values() for place in places)]
        ends = {span.valid_to + timedelta(days=1) for span in spans if span.valid_to < FAR_AHEAD}
        return sorted({LONG_AGO, *ends, *(span.valid_from for span in spans)})

    def _make(self, day: date, since: date) -> TreeGeneration:
        units = {id: unit for id, unit in self._units.items() if unit.valid_from <= day <= unit.valid_to}
        by_code = {unit.code: id for id, unit in units.items()}
        parents = {id: self._parent(id, day, by_code) for id in units}
        children: dict[UUID, list[UUID]] = defaultdict(list)
        for id, parent in parents.items():
            if parent is not None:
                children[parent].append(id)
        for siblings in children.values():
            siblings.sort(key=lambda id: units[id].code)
        homed: dict[UUID, list[UUID]] = defaultdict(list)
        for id in self._units:
            home = self._home(id, day, parents, by_code, set())
            if home is not None:
                homed[home].append(id)
        return TreeGeneration(units, parents, by_code, dict(children), dict(homed), since)

    def _parent(self, id: UUID, day: date, by_code: dict[str, UUID]) -> UUID | None:
        place = next((each for each in self._places.get(id, []) if each.valid_from <= day <= each.valid_to), None)
        if place is None:
            return None
        above = (by_code[code] for code in reversed(place.path[:-1]) if code in by_code)
        return next((found for found in above if found != id), None)

    def _home(
        self, id: UUID, day: date, parents: dict[UUID, UUID | None], by_code: dict[str, UUID], seen: set[UUID]
    ) -> UUID | None:
        if id in parents:
            return id
        if id in seen:
            return None
        seen.add(id)
        related = self._after[id] if self._units[id].valid_to < day else self._before[id]
        whole = [other for other, kind in related if kind in WHOLE]
        chosen = whole if len(whole) == 1 and self._units[id].valid_to < day else [other for other, _ in related]
        known = [other for other in chosen if other in self._units]
        homes = [home for other in known if (home := self._home(other, day, parents, by_code, seen)) is not None]
        if homes:
            return _lowest_common(homes, parents)
        return next((by_code[code] for code in reversed(self._last_path(id)[:-1]) if code in by_code), None)

    def _last_path(self, id: UUID) -> tuple[str, ...]:
        places = self._places.get(id, [])
        return places[-1].path if places else ()


async def tree_of(session: ReadSession) -> Tree:
    """The current tree; cached until a unit changes."""
    pool = session.get_bind().pool  # type: ignore[union-attr]  # a session is bound to an engine
    version = (await session.execute(text("SELECT version FROM tree_version"))).scalar_one()
    if session.sync_session.info.get(UNITS_CHANGED):
        return await _read(session, version)
    kept = _CACHED.get(pool)
    if kept is None or kept.version != version:
        kept = _CACHED[pool] = await _read(session, version)
    return kept


_CACHED: WeakKeyDictionary[Any, Tree] = WeakKeyDictionary()


async def _read(session: ReadSession, version: int) -> Tree:
    units = {
        row.id: Unit(row.id, row.code, row.name, row.level, row.kind, *_span(row))
        for row in await session.execute(_UNITS)
    }
    places: dict[UUID, list[UnitLineage]] = defaultdict(list)
    for row in await session.execute(_PLACES):
        places[row.unit_id].append(UnitLineage(tuple(row.path.split("/")), row.parent_id, *_span(row)))
    rows = await session.execute(text("SELECT unit_id, successor_id, kind FROM succession ORDER BY 1, 2"))
    return Tree(units, places, [(row.unit_id, row.successor_id, row.kind) for row in rows], version)


def _span(row: Any) -> tuple[date, date]:
    return row.valid_from or LONG_AGO, row.valid_to or FAR_AHEAD


def _line(id: UUID, parents: dict[UUID, UUID | None]) -> list[UUID]:
    line = [id]
    while (above := parents.get(line[0])) is not None and above not in line:
        line.insert(0, above)
    return line


def _lowest_common(ids: list[UUID], parents: dict[UUID, UUID | None]) -> UUID | None:
    lines = [_line(id, parents) for id in ids]
    common = [steps[0] for steps in zip(*lines, strict=False) if len(set(steps)) == 1]
    return common[-1] if common else None


_UNITS = text("SELECT id, code, name, level, kind, valid_from, valid_to FROM known_unit ORDER BY code, valid_from")
_PLACES = text(
    "SELECT unit_id, path, parent_id, valid_from, valid_to FROM known_lineage ORDER BY unit_id, valid_from NULLS FIRST"
)
