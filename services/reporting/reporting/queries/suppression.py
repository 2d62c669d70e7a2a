"""What the public may not see of units on given days, by the rules of `disclosure`."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from chassis.storage.database import ReadSession
from reporting.disclosure import related_counters, suppressed_parts, suppressed_whole
from reporting.projections.tree import Tree, TreeGeneration, Unit, tree_of
from reporting.queries.counts import (
    Counts,
    LiveVersion,
    counts_by_day,
    counts_of,
    get_live_version,
    state_of_all,
    summed_up,
    totals_on,
)

__all__ = ["SuppressedCells", "suppressed_by_day", "suppressed_of", "suppressed_on"]


@dataclass(frozen=True, slots=True)
class SuppressedCells:
    """The counters that are not shown, by unit; `rests`: of what belongs to a unit and to none of its children."""

    units: dict[UUID, set[str]] = field(default_factory=dict)
    rests: dict[UUID, set[str]] = field(default_factory=dict)


async def suppressed_on(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    parents: Sequence[UUID],
    day: date,
    counters: Iterable[str] | None = None,
    known: Mapping[UUID, Counts] | None = None,
) -> SuppressedCells:
    """Of these units and their children; the units begin with the province, each comes after its own parent.

    `counters`: only these and those on which they depend (None: all). `known` are the counts of the parts of some of
    these units, as `parts_on` gives them: what is shown and what is hidden follow from the same counts.
    """
    known = known or {}
    names = None if counters is None else related_counters(counters)
    asked = [each for each in parents if each not in known]
    children = {id for each in asked for id in generation.children.get(each, [])}
    totals = await totals_on(session, live, generation, children, day, names)
    rests = await counts_of(session, live, {id: generation.homed.get(id, []) for id in asked}, day, names)
    for parent, parts in known.items():
        rests[parent] = parts[parent]
        totals |= {id: parts[id] for id in generation.children.get(parent, [])}
    return _suppressed(generation, parents, totals, rests)


async def suppressed_of(session: ReadSession, unit: Unit, day: date) -> set[str]:
    """The counters that the public does not see of a unit on a day."""
    generation = (await tree_of(session)).at(day)
    parents = generation.ancestors(unit.id) or [unit.id]
    found = await suppressed_on(session, await get_live_version(session), generation, parents, day)
    return found.units[unit.id]


async def suppressed_by_day(
    session: ReadSession, live: LiveVersion, tree: Tree, unit_id: UUID, days: Sequence[date], counters: Iterable[str]
) -> dict[date, set[str]]:
    """By day (ascending), which of these counters are not shown of a unit on that day.

    Each day has the tree of that day. A unit with other parts then than on the last day is in no table of that day, so
    that all its counters are hidden: with the tables of that day it would give away the difference.
    """
    names = related_counters(counters)
    members = set(tree.at(days[-1]).members_of(unit_id))
    found: dict[date, set[str]] = {}
    for generation, of_generation in groupby(days, tree.at):
        if unit_id in generation.units and set(generation.members_of(unit_id)) == members:
            found |= await _suppressed_in(session, live, generation, unit_id, list(of_generation), names)
        else:
            found |= dict.fromkeys(of_generation, names)
    return found


async def _suppressed_in(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    unit_id: UUID,
    days: Sequence[date],
    names: set[str],
) -> dict[date, set[str]]:
    parents = generation.ancestors(unit_id)
    if not parents:
        whole = {unit_id: generation.members_of(unit_id)}
        counts = await counts_by_day(session, live, generation, whole, days, names)
        return {day: suppressed_whole(counts[day][unit_id]) for day in days}
    tables = await _kept_tables(session).get(session, live, generation, parents, days, names)
    return {day: tables[day].units.get(unit_id, set()) for day in days}


Tables = Mapping[date, SuppressedCells]

MOST_TABLES = 4
"""Of a province with 166 communes, the tables of ninety days are some megabytes."""


class _KeptTables:
    """The suppressed cells of the units around, by day: the same for every commune's page, until anything is counted."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Tables] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def get(
        self,
        session: ReadSession,
        live: LiveVersion,
        generation: TreeGeneration,
        parents: Sequence[UUID],
        days: Sequence[date],
        names: set[str],
    ) -> Tables:
        async with self._one_at_a_time:
            state = (live.version, (await tree_of(session)).version, await state_of_all(session, live))
            key = (state, generation.since, *parents, *days, frozenset(names))
            if key not in self._found:
                self._found[key] = await _tables(session, live, generation, parents, days, names)
                while len(self._found) > MOST_TABLES:
                    self._found.popitem(last=False)
            self._found.move_to_end(key)
            return self._found[key]


def _kept_tables(session: ReadSession) -> _KeptTables:
    pool = session.get_bind().pool  # type: ignore[union-attr]  # a session is bound to an engine
    return _KEPT.setdefault(pool, _KeptTables())


_KEPT: WeakKeyDictionary[Any, _KeptTables] = WeakKeyDictionary()


async def _tables(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    parents: Sequence[UUID],
    days: Sequence[date],
    names: set[str],
) -> Tables:
    children = {id: generation.members_of(id) for each in parents for id in generation.children.get(each, [])}
    totals = await counts_by_day(session, live, generation, children, days, names)
    homed = {id: generation.homed.get(id, []) for id in parents}
    rests = await counts_by_day(session, live, generation, homed, days, names, own=True)
    return {day: _suppressed(generation, parents, totals[day], rests[day]) for day in days}


def _suppressed(generation: TreeGeneration, parents: Sequence[UUID], totals: Counts, rests: Counts) -> SuppressedCells:
    found = SuppressedCells()
    for parent in parents:
        # What belongs to no child comes first: it is the part that is missed least.
        parts = {parent: rests[parent], **{id: totals[id] for id in generation.children.get(parent, [])}}
        own = found.units.setdefault(parent, suppressed_whole(summed_up(parts)) if parent not in totals else set())
        hidden = suppressed_parts(parts, own)
        found.rests[parent] = hidden.pop(parent)
        found.units.update(hidden)
    return found
