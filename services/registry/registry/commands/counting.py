"""The registry's own counts, for the report to compare its projections with."""

from time import monotonic

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.outbox import publish
from contracts.counts import Count, CountsTaken

REST = 200
"""Counting may take half a percent of the time: after a count that took a second, the next one is minutes away."""


class Counter:
    """Counts again and again, and announces what has changed since the last time."""

    def __init__(self) -> None:
        self._next_at = 0.0
        self._last: list[Count] | None = None

    async def count(self, database: Database) -> None:
        """Count in one transaction, if it is time and something is different."""
        started = monotonic()
        if started < self._next_at:
            return
        async with database.transaction() as session:
            counts = await take_counts(session)
            if counts != self._last:
                publish(session, CountsTaken(service="registry", at=now(), counts=counts))
        self._last = counts
        self._next_at = monotonic() + REST * (monotonic() - started)


async def announce_counts(session: Session) -> None:
    """Count now and say so, changed or not."""
    publish(session, CountsTaken(service="registry", at=now(), counts=await take_counts(session)))


async def take_counts(session: ReadSession) -> list[Count]:
    """How many residents live in each unit itself."""
    rows = (await session.execute(_RESIDENTS)).all()
    return [Count(unit_code=row.code, indicator="residents", count=row.count) for row in rows]


_RESIDENTS = text(
    "SELECT u.code, r.count FROM (SELECT unit_id, count(*) AS count FROM resident WHERE life = 'alive' GROUP BY unit_id)"
    " AS r JOIN known_unit AS u ON u.id = r.unit_id AND u.kind <> 'training' ORDER BY u.code"
)
