"""Counters of units on a day, and their changes over time: the cost is that of units and counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.projections.tree import TreeGeneration, tree_of

__all__ = [
    "Counts",
    "LiveVersion",
    "counts_by_day",
    "counts_of",
    "get_live_version",
    "last_change",
    "last_changes",
    "parts_on",
    "state_of_all",
    "summed_up",
    "totals_on",
]

Counts = dict[UUID, dict[str, int]]
"""By part of a unit (a child, or the unit itself for what belongs to none) and counter."""


BASE = -1
"""In place of the index of a day: the base day of the version."""


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
    session: ReadSession,
    live: LiveVersion,
    generation: TreeGeneration,
    ids: Iterable[UUID],
    day: date,
    counters: Iterable[str] | None = None,
) -> Counts:
    """The counters of units with all below them: from the sums that are kept, else summed up now; None: all counters."""
    ids = list(ids)
    summed = [id for id in ids if generation.has_totals(id)] if live.keeps(generation) else []
    others = {id: generation.members_of(id) for id in set(ids) - set(summed)}
    counts = await counts_of(session, live, others, day, counters)
    if summed:
        wanted = _between(live, day) | {"tier": generation.since, "units": summed}
        statement = _ALL_TOTALS if counters is None else _TOTALS
        rows = await session.execute(statement, wanted | _named(counters))
        counts |= _by_part(summed, rows)
    return counts


async def counts_of(
    session: ReadSession,
    live: LiveVersion,
    parts: Mapping[UUID, Iterable[UUID]],
    day: date,
    counters: Iterable[str] | None = None,
) -> Counts:
    """The counters (None: all) of every part, summed up from its units, at the end of `day`."""
    units, owners = _pairs(parts)
    if not units:
        return {part: {} for part in parts}
    wanted = _between(live, day) | {"units": units, "owners": owners}
    statement = _ALL_COUNTS if counters is None else _COUNTS
    return _by_part(parts, await session.execute(statement, wanted | _named(counters)))


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
    changes: dict[int, list[Any]] = defaultdict(list)
    for row in await _changes_of_parts(session, live, generation, parts, days, sorted(counters), own):
        changes[row.until].append(row)
        if row.is_in_base and row.until > 0:
            changes[BASE].append(row)  # counted at the base, and not yet on the first of the days
    now: Counts = {part: {} for part in parts}
    found = {}
    for number, day in enumerate([None, *days], start=BASE):
        if number > 0:
            now = {part: dict(counted) for part, counted in now.items()}
        for row in changes[number]:
            sign = -1 if number == BASE and row.until > 0 else 1
            for part, change in zip(row.parts, row.amounts, strict=True):
                now[part][row.counter] = now[part].get(row.counter, 0) + sign * change
        if day is not None:
            found[day] = now
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
    """By counter, the parts and their counts at the base, and their changes up to each day since the one before.

    `until` is the index of the day in `days`, one more for later days, and BASE for the counts at the base; `is_in_base`
    are changes that those counts contain. All are read by one statement, and a change once.
    """
    parameters = {
        "version": live.version,
        "days": list(days),
        "base": live.base_day,
        "after": min(days[0], live.base_day),
        "until": max(days[-1], live.base_day),
        "counters": names,
    }
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


async def state_of_all(session: ReadSession, live: LiveVersion) -> Decimal | None:
    """A number that grows whenever anything is counted; a few thousand units have one row each."""
    found = await session.execute(_STATE_OF_ALL, {"version": live.version})
    state: Decimal | None = found.scalar()
    return state


async def last_changes(session: ReadSession, live: LiveVersion, unit_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """`last_change` of many units."""
    rows = await session.execute(_LAST, {"version": live.version, "units": list(unit_ids)})
    return dict.fromkeys(unit_ids, live.live_since) | {row.unit_id: row.changed_at for row in rows}


def summed_up(parts: Mapping[UUID, Mapping[str, int]]) -> dict[str, int]:
    """The counters of all parts together."""
    total: dict[str, int] = {}
    for counted in parts.values():
        for counter, value in counted.items():
            total[counter] = total.get(counter, 0) + value
    return total


def _between(live: LiveVersion, day: date) -> dict[str, object]:
    """A count on a day is the base with the changes since, or without those until then."""
    forward = day >= live.base_day
    return {
        "version": live.version,
        "after": live.base_day if forward else day,
        "until": day if forward else live.base_day,
        "sign": 1 if forward else -1,
    }


def _named(counters: Iterable[str] | None) -> dict[str, object]:
    return {} if counters is None else {"counters": sorted(counters)}


def _by_part(parts: Iterable[UUID], rows: Iterable[Any]) -> Counts:
    counts: Counts = {part: {} for part in parts}
    for row in rows:
        for part, amount in zip(row.parts, row.amounts, strict=True):
            counts[part][row.counter] = amount
    return counts


def _pairs(parts: Mapping[UUID, Iterable[UUID]]) -> tuple[list[UUID], list[UUID]]:
    pairs = [(unit, owner) for owner, units in parts.items() for unit in units]
    return [unit for unit, _ in pairs], [owner for _, owner in pairs]


# One row per counter, with the parts and their counts as arrays: a province has a hundred counters, and sixteen thousand counts.
_GROUPED_BY_COUNTER = (
    " SELECT counter, array_agg(part) AS parts, array_agg(amount) AS amounts FROM counted GROUP BY counter"
)
_OF_SOME = " AND counter = ANY(cast(:counters AS text[]))"
_COUNTS, _ALL_COUNTS = (
    text(
        "WITH member AS (SELECT * FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS m (unit_id, part)),"
        " counted AS (SELECT part, counter, cast(sum(value) AS bigint) AS amount FROM ("
        "  SELECT part, counter, value FROM member JOIN count_at_base USING (unit_id)"
        f"  WHERE version = :version{of_some}"
        "  UNION ALL"
        "  SELECT part, counter, change * :sign FROM member JOIN count_on_day USING (unit_id)"
        f"  WHERE version = :version{of_some} AND day > :after AND day <= :until"
        f" ) AS each GROUP BY part, counter){_GROUPED_BY_COUNTER}"
    )
    for of_some in (_OF_SOME, "")
)
_LAST = text(
    "SELECT unit_id, changed_at FROM unit_change WHERE version = :version AND unit_id = ANY(cast(:units AS uuid[]))"
)
_STATE_OF_ALL = text("SELECT sum(extract(epoch FROM changed_at)) FROM unit_change WHERE version = :version")
_TOTALS, _ALL_TOTALS = (
    text(
        "WITH counted AS (SELECT unit_id AS part, counter, cast(sum(value) AS bigint) AS amount FROM ("
        "  SELECT unit_id, counter, value FROM total_at_base"
        f"  WHERE version = :version AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[])){of_some}"
        "  UNION ALL SELECT unit_id, counter, change * :sign FROM total_on_day"
        f"  WHERE version = :version AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[])){of_some}"
        f"  AND day > :after AND day <= :until) AS each GROUP BY unit_id, counter){_GROUPED_BY_COUNTER}"
    )
    for of_some in (_OF_SOME, "")
)
# The number of days in :days before a day is the index of the first one at or after it.
_BY_DAY = (
    " SELECT -1 AS until, false AS is_in_base, {part} AS part, counter, cast(sum(value) AS bigint) AS amount"
    " FROM {at_base} WHERE version = :version AND counter = ANY(cast(:counters AS text[])){of_units} GROUP BY part, counter"
    " UNION ALL"
    " SELECT width_bucket(day - 1, cast(:days AS date[])) AS until, day <= :base AS is_in_base, {part} AS part, counter,"
    " cast(sum(change) AS bigint) AS amount FROM {on_day}"
    " WHERE version = :version AND counter = ANY(cast(:counters AS text[])){of_units} AND day > :after AND day <= :until"
    " GROUP BY until, is_in_base, part, counter)"
    " SELECT until, is_in_base, counter, array_agg(part) AS parts, array_agg(amount) AS amounts FROM counted"
    " GROUP BY until, is_in_base, counter"
)
_TOTALS_BY_DAY = text(
    "WITH counted AS ("
    + _BY_DAY.format(
        part="unit_id",
        at_base="total_at_base",
        on_day="total_on_day",
        of_units=" AND tier = :tier AND unit_id = ANY(cast(:units AS uuid[]))",
    )
)
_COUNTS_BY_DAY = text(
    "WITH member AS (SELECT * FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS m (unit_id, owner)),"
    " counted AS ("
    + _BY_DAY.format(
        part="owner",
        at_base="member JOIN count_at_base USING (unit_id)",
        on_day="member JOIN count_on_day USING (unit_id)",
        of_units="",
    )
)
