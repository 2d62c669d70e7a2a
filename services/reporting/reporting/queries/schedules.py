"""What the daily job has to do: the days without snapshots, and the communes with a weekly report."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.projections.tree import tree_of

__all__ = ["list_communes", "list_days_without_snapshots"]

MOST_DAYS = 31


async def list_days_without_snapshots(session: ReadSession, last: date) -> list[date]:
    """The days up to `last` whose counts are not stored yet: `last` alone at first, a month at most."""
    found = await session.execute(text("SELECT max(day) FROM snapshot"))
    newest: date = found.scalar() or last - timedelta(days=1)
    return [last - timedelta(days=ago) for ago in range(min((last - newest).days, MOST_DAYS))][::-1]


async def list_communes(session: ReadSession, day: date) -> list[str]:
    """The codes of the communes and wards of a day."""
    generation = (await tree_of(session)).at(day)
    return sorted(unit.code for unit in generation.units.values() if unit.level == "commune")
