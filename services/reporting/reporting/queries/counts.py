"""Counters of units on a day, and their changes over time: the cost is that of units and counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession

__all__ = ["Counts", "LiveVersion", "changes_between", "counts_of", "get_live_version", "last_change"]

Counts = dict[UUID, dict[str, int]]
"""By part of a unit (a child, or the unit itself for what belongs to none) and counter."""


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The version of the projections that answers now."""

    version: int
    base_day: date
    live_since: datetime


async def get_live_version(session: ReadSession) -> LiveVersion:
    """The live version; there is always one."""
    row = (
        await session.execute(text("SELECT version, base_day, live_since FROM projection WHERE state = 'live'"))
    ).one()
    return LiveVersion(row.version, row.base_day, row.live_since)


async def counts_of(session: ReadSession, live: LiveVersion, parts: Mapping[UUID, Iterable[UUID]], day: date) -> Counts:
    """Every counter of every part at the end of `day`: the base, and the changes between the base day and the day."""
    units, owners = _pairs(parts)
    forward = day >= live.base_day
    rows = await session.execute(
        _COUNTS,
        {
            "version": live.version,
            "units": units,
            "owners": owners,
            "after": live.base_day if forward else day,
            "until": day if forward else live.base_day,
            "sign": 1 if forward else -1,
        },
    )
    counts: Counts = {part: {} for part in parts}
    for row in rows:
        counts[row.owner][row.counter] = int(row.value)
    return counts


async def changes_between(
    session: ReadSession, live: LiveVersion, units: Iterable[UUID], counters: Iterable[str], after: date, until: date
) -> dict[date, dict[str, int]]:
    """By day and counter, how much changed in all the units together; days in (`after`, `until`]."""
    rows = await session.execute(
        _CHANGES,
        {"version": live.version, "units": list(units), "counters": sorted(counters), "after": after, "until": until},
    )
    changes: dict[date, dict[str, int]] = defaultdict(dict)
    for row in rows:
        changes[row.day][row.counter] = int(row.change)
    return changes


async def last_change(session: ReadSession, live: LiveVersion, units: Iterable[UUID]) -> datetime:
    """When something of these units was last counted; when the version went live for none."""
    found = await session.execute(_LAST, {"version": live.version, "units": list(units)})
    return found.scalar() or live.live_since


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
_CHANGES = text(
    "SELECT day, counter, sum(change) AS change FROM count_on_day"
    " WHERE version = :version AND unit_id = ANY(cast(:units AS uuid[]))"
    " AND counter = ANY(cast(:counters AS text[])) AND day > :after AND day <= :until GROUP BY day, counter"
)
_LAST = text(
    "SELECT max(changed_at) FROM unit_change WHERE version = :version AND unit_id = ANY(cast(:units AS uuid[]))"
)
