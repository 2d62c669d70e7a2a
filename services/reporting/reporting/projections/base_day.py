"""The base day of the counts: it follows the calendar, so that today's numbers cost one read."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from chassis.storage.database import Session

__all__ = ["move_base_day"]


async def move_base_day(session: Session, version: int, day: date) -> bool:
    """Makes the base the counts at the end of `day`; False when it is there already.

    Counts stay right without it: the base only moves forward in one transaction with the changes that it takes in.
    """
    found = await session.execute(_LOCK, {"version": version})
    base_day: date = found.scalar_one()
    if base_day >= day:
        return False
    await session.execute(_TAKE_IN, {"version": version, "after": base_day, "until": day})
    await session.execute(_TAKE_IN_TOTALS, {"version": version, "after": base_day, "until": day})
    await session.execute(_MOVE, {"version": version, "day": day})
    return True


_LOCK = text("SELECT base_day FROM projection WHERE version = :version FOR UPDATE")
_TAKE_IN = text(
    "INSERT INTO count_at_base AS c (version, unit_id, counter, value)"
    " SELECT version, unit_id, counter, sum(change) FROM count_on_day"
    " WHERE version = :version AND day > :after AND day <= :until"
    " GROUP BY version, unit_id, counter ORDER BY unit_id, counter"
    " ON CONFLICT (version, unit_id, counter) DO UPDATE SET value = c.value + excluded.value"
)
_TAKE_IN_TOTALS = text(
    "INSERT INTO total_at_base AS c (version, tier, unit_id, counter, value)"
    " SELECT version, tier, unit_id, counter, sum(change) FROM total_on_day"
    " WHERE version = :version AND day > :after AND day <= :until"
    " GROUP BY version, tier, unit_id, counter ORDER BY tier, unit_id, counter"
    " ON CONFLICT (version, tier, unit_id, counter) DO UPDATE SET value = c.value + excluded.value"
)
_MOVE = text("UPDATE projection SET base_day = :day WHERE version = :version")
