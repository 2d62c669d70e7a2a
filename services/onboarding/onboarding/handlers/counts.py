"""Counts as other services take them: a campaign's ranking is computed from the same data as the reports."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.counts import CountsTaken

COUNTED_HERE = frozenset({"onboarding", "registry"})
"""Residents and their steps, sessions and communications are in the tables of this service, by the id of their unit."""


async def on_counts_taken(session: Session, event: CountsTaken) -> None:
    """Keeps the newest counts of each other service; what is not counted any more goes."""
    if event.service in COUNTED_HERE:
        return
    values = {
        "service": event.service,
        "at": event.at,
        "indicators": [each.indicator for each in event.counts],
        "codes": [each.unit_code for each in event.counts],
        "counts": [each.count for each in event.counts],
    }
    newer = await session.execute(_IS_NEWER, {"service": event.service, "at": event.at})
    if newer.scalar_one():
        return
    await session.execute(_KEEP, values)
    await session.execute(_DROP, {"service": event.service, "at": event.at})


_IS_NEWER = text("SELECT EXISTS (SELECT FROM known_count WHERE service = :service AND at > :at)")
_KEEP = text(
    "INSERT INTO known_count (service, indicator, unit_code, count, at)"
    " SELECT :service, given.indicator, given.code, sum(given.count), :at"
    " FROM unnest(cast(:indicators AS text[]), cast(:codes AS text[]), cast(:counts AS bigint[]))"
    " AS given(indicator, code, count) GROUP BY 2, 3"
    " ON CONFLICT (service, indicator, unit_code) DO UPDATE SET count = excluded.count, at = excluded.at"
)
_DROP = text("DELETE FROM known_count WHERE service = :service AND at < :at")
