"""Counts as other services take them: a campaign's ranking is computed from the same data as the reports."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.counts import CountsTaken

COUNTED_HERE = frozenset({"onboarding", "registry"})
"""Residents and their steps, sessions and news are in this service's own tables, by the id of their unit."""


async def on_counts_taken(session: Session, fact: CountsTaken) -> None:
    """Keeps the newest counts of each other service; what is not counted any more goes."""
    if fact.service in COUNTED_HERE:
        return
    told = {
        "service": fact.service,
        "at": fact.at,
        "indicators": [each.indicator for each in fact.counts],
        "codes": [each.unit_code for each in fact.counts],
        "counts": [each.count for each in fact.counts],
    }
    newer = await session.execute(_IS_NEWER, {"service": fact.service, "at": fact.at})
    if newer.scalar_one():
        return
    await session.execute(_KEEP, told)
    await session.execute(_DROP, {"service": fact.service, "at": fact.at})


_IS_NEWER = text("SELECT EXISTS (SELECT FROM known_count WHERE service = :service AND at > :at)")
_KEEP = text(
    "INSERT INTO known_count (service, indicator, unit_code, count, at)"
    " SELECT :service, told.indicator, told.code, sum(told.count), :at"
    " FROM unnest(cast(:indicators AS text[]), cast(:codes AS text[]), cast(:counts AS bigint[]))"
    " AS told(indicator, code, count) GROUP BY 2, 3"
    " ON CONFLICT (service, indicator, unit_code) DO UPDATE SET count = excluded.count, at = excluded.at"
)
_DROP = text("DELETE FROM known_count WHERE service = :service AND at < :at")
