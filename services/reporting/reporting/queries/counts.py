"""Counters of units on a day, and their changes over time: the cost is that of units and counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.projections.tree import TreeGeneration, tree_of

__all__ = [
    "Counts",
    "LiveVersion",
    "changes_between",
    "counts_by_day",
    "counts_of",
    "get_live_version",
    "last_change",
    "last_change_of_all",
    "last_changes",
    "parts_on",
    "totals_on",
]

Counts = dict[UUID, dict[str, int]]
"""By part of a unit (a child, or the unit itself for what belongs to none) and counter."""


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The version of the projections that answers now, and the generations whose sums it keeps."""

    version: int
    base_day: date
    live_since: datetime
    kept: frozenset[date]

    def keeps(self, generation: TreeGeneration) -> bool:
        return generation.since in self.kept


async def get_live_version(session: ReadSession) -> LiveVersion:
    """The live version; there is always one."""
    row = (await session.execute(text("SELECT * FROM projection WHERE state = 'live'"))).one()
    is_of_this_tree = row.totals_tree == (await tree_of(session)).version
    kept = frozenset(row.totals_tiers if is_of_this_tree else ())
    return LiveVersion(row.version, row.base_day, row.live_since, kept)


async def parts_on(
    session: ReadSession, live: LiveVersion, generation: TreeGeneration, unit_id: UUID, day: date
) -> Counts:
    """The counters of each child of a unit, and under the unit's own id those that belong to no child."""
    own = generation.homed.get(unit_id, [])
    counts = await totals_on(session, live, generation, generation.children.get(unit_id, []), day)
    return counts | await counts_of(session, live, {unit_id: own}, day)


async def totals_on(
    session: ReadSession, live: LiveVersion, generation: TreeGeneration, ids: Iterable[UUID], day: date
) -> Counts:
    """The counters of units with all below them: from the sums that are kept, else summed up now."""
    ids = list(ids)
    summed = [id for id in ids if generation.has_totals(id)] if live.keeps(generation) else []
    counts = await counts_of(session, live, {id: generation.members_of(id) for id in set(ids) - set(summed)}, day)
    if summed:
        rows = await session.execute(_TOTALS, _between(live, day) | {"tier": generation.since, "units": summed})
        counts |= {id: {} for id in summed}
        for row in rows:
            counts[row.unit_id][row.counter] = int(row.value)
    return counts


async def counts_of(session: ReadSession, live: LiveVersion, parts: Mapping[UUID, Iterable[UUID]], day: date) -> Counts:
    """Every counter of every part, summed up from its units, at the end of `day`."""
    units, owners = _pairs(parts)
    counts: Counts = {part: {} for part in parts}
    if not units:
        return counts
    for row in await session.execute(_COUNTS, _between(live, day) | {"units": units, "owners": owners}):
        counts[row.owner][row.counter] = int(row.value)
    return counts


async def changes_between(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    unit_id: UUID,
    counters: Iterable[str] | None,
    after: date,
    until: date,
) -> dict[date, dict[str, int]]:
    """By day and counter (None: all of them), how much changed in a unit and all below it; days in (`after`, `until`]."""
    names: dict[str, object] = {"version": live.version, "after": after, "until": until}
    if counters is not None:
        names["counters"] = sorted(counters)
    if live.keeps(generation) and generation.has_totals(unit_id):
        statement = _ALL_TOTAL_CHANGES if counters is None else _TOTAL_CHANGES
        rows = await session.execute(statement, names | {"tier": generation.since, "unit": unit_id})
    else:
        statement = _ALL_CHANGES if counters is None else _CHANGES
        rows = await session.execute(statement, names | {"units": generation.members_of(unit_id)})
    changes: dict[date, dict[str, int]] = defaultdict(dict)
    for row in rows:
        changes[row.day][row.counter] = int(row.change)
    return changes


async def counts_by_day(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    parts: Mapping[UUID, Sequence[UUID]],
    days: Sequence[date],
    counters: Iterable[str],
    *,
    own: bool = False,
) -> dict[date, Counts]:
    """The named counters of many units at the end of each of the ascending days; `own`: of the parts' own units alone."""
    names = sorted(counters)
    first = (
        await counts_of(session, live, parts, days[0])
        if own
        else await totals_on(session, live, generation, parts, days[0])
    )
    now = {part: {name: first[part].get(name, 0) for name in names} for part in parts}
    changes: dict[int, list[Any]] = defaultdict(list)
    for row in await _changes_of_parts(session, live, generation, parts, days, names, own):
        changes[row.until].append(row)
    found = {}
    for number, day in enumerate(days):
        for row in changes[number]:
            now[row.owner][row.counter] += int(row.change)
        found[day] = {part: dict(counted) for part, counted in now.items()}
    return found


async def _changes_of_parts(
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    parts: Mapping[UUID, Sequence[UUID]],
    days: Sequence[date],
    names: list[str],
    own: bool,
) -> list[Any]:
    """By part and counter, the change since the day before in `days`; `until` is the index of the day."""
    parameters = {"version": live.version, "days": list(days), "after": days[0], "until": days[-1], "counters": names}
    summed = [part for part in parts if not own and live.keeps(generation) and generation.has_totals(part)]
    rows: list[Any] = []
    if summed:
        found = await session.execute(_TOTALS_BY_DAY, parameters | {"tier": generation.since, "units": summed})
        rows += found.all()
    units, owners = _pairs({part: members for part, members in parts.items() if part not in set(summed)})
    if units:
        rows += (await session.execute(_COUNTS_BY_DAY, parameters | {"units": units, "owners": owners})).all()
    return rows


async def last_change(session: ReadSession, live: LiveVersion, unit_id: UUID) -> datetime:
    """When something of a unit or below it was last counted; when the version went live for never."""
    return (await last_changes(session, live, [unit_id]))[unit_id]


async def last_change_of_all(session: ReadSession, live: LiveVersion) -> datetime:
    """When anything was last counted; a few thousand units have one row each."""
    found = await session.execute(_LAST_OF_ALL, {"version": live.version})
    return found.scalar() or live.live_since


async def last_changes(session: ReadSession, live: LiveVersion, unit_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """`last_change` of many units."""
    rows = await session.execute(_LAST, {"version": live.version, "units": list(unit_ids)})
    return dict.fromkeys(unit_ids, live.live_since) | {row.unit_id: row.changed_at for row in rows}


def _between(live: LiveVersion, day: date) -> dict[str, object]:
    """A count on a day is the base with the changes since, or without those until then."""
    forward = day >= live.base_day
    return {
        "version": live.version,
        "after": live.base_day if forward else day,
        "until": day if forward else live.base_day,
        "sign": 1 if forward else -1,
    }


def _pairs(parts: Mapping[UUID, Iterable[UUID]]) -> tuple[list[UUID], list[UUID]]:
    pairs = [(unit, owner) for owner, units in parts.items() for unit in units]
    return [unit for unit, _ in pairs], [owner for _, owner in pairs]


_COUNTS = text(
    "WITH member AS (SELECT * FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS m (unit_id, owner))"
    " SELECT owner, counter, sum(value) AS value FROM ("
    "  SELECT owner, counter, value FROM member JOIN count_at_base USING (unit_id) WHERE version = :version"
    "  UNION ALL"
    "  SELECT owner, counter, change * :sign FROM member JOIN count_on_day USING (unit_id)"
    "  WHERE version = :version AND day > :after AND day <= :until"
    " ) AS counted GROUP BY owner, counter"
)
_OF_SOME = " AND counter = ANY(cast(:counters AS text[]))"
# Without names of counters the planner has one way to go: the index by day, in whose order the rows lie.
_CHANGES, _ALL_CHANGES = (
    text(
        "SELECT day, counter, sum(change) AS change FROM count_on_day"
        " WHERE version = :version AND unit_id = ANY(cast(:units AS uuid[]))"
        f"{of_some} AND day > :after AND day <= :until GROUP BY day, counter"
    )
    for of_some in (_OF_SOME, "")
)
_LAST = text(
    "SELECT unit_id, changed_at FROM unit_change WHERE version = :version AND unit_id = ANY(cast(:units AS uuid[]))"
)
_LAST_OF_ALL = text("SELECT max(changed_at) FROM unit_change WHERE version = :version")
_TOTALS = text(
    "SELECT unit_id, counter, sum(value) AS value FROM ("
    " SELECT unit_id, counter, value FROM total_at_base"
    " WHERE version = :version AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[]))"
    " UNION ALL SELECT unit_id, counter, change * :sign FROM total_on_day"
    " WHERE version = :version AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[]))"
    " AND day > :after AND day <= :until) AS counted GROUP BY unit_id, counter"
)
_TOTAL_CHANGES, _ALL_TOTAL_CHANGES = (
    text(
        "SELECT day, counter, change FROM total_on_day WHERE version = :version AND tier = :tier AND unit_id = :unit"
        f"{of_some} AND day > :after AND day <= :until"
    )
    for of_some in (_OF_SOME, "")
)
# The number of days in :days before a day is the index of the first one at or after it.
_BY_DAY = (
    " width_bucket(day - 1, cast(:days AS date[])) AS until, sum(change) AS change FROM {source}"
    " WHERE version = :version AND counter = ANY(cast(:counters AS text[])) AND day > :after AND day <= :until"
    "{more} GROUP BY 1, 2, 3"
)
_TOTALS_BY_DAY = text(
    "SELECT unit_id AS owner, counter,"
    + _BY_DAY.format(source="total_on_day", more=" AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[]))")
)
_COUNTS_BY_DAY = text(
    "WITH member AS (SELECT * FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS m (unit_id, owner))"
    " SELECT owner, counter," + _BY_DAY.format(source="member JOIN count_on_day USING (unit_id)", more="")
)
