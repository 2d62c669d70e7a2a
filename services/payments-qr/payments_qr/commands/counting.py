"""This service's own counts, for reporting to compare its projections with."""

from time import monotonic

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.outbox import publish
from contracts.counts import Count, CountsTaken

IDLE_FOR_EACH_SECOND = 200
LEAST_PAUSE_SECONDS = 5.0


class Counting:
    """Counts when something may have changed; the longer a count takes, the rarer it is (half a percent of the time)."""

    def __init__(self) -> None:
        self._rests_until = 0.0
        self._said: list[Count] | None = None

    async def count_now_and_then(self, database: Database) -> None:
        """Announces the counts if it is time and they differ from what was said last."""
        began = monotonic()
        if began < self._rests_until:
            return
        async with database.transaction() as session:
            counts = await take_counts(session)
            if counts != self._said:
                publish(session, CountsTaken(service="payments-qr", at=now(), counts=counts))
        self._said = counts
        self._rests_until = monotonic() + max(LEAST_PAUSE_SECONDS, IDLE_FOR_EACH_SECOND * (monotonic() - began))


async def announce_counts(session: Session) -> None:
    """Counts now and says so, changed or not."""
    publish(session, CountsTaken(service="payments-qr", at=now(), counts=await take_counts(session)))


async def take_counts(session: ReadSession) -> list[Count]:
    """Merchants and payments that count, of each unit itself, by the indicators of the reports."""
    rows = (await session.execute(_COUNTS)).all()
    return [Count(unit_code=row.code, indicator=row.indicator, count=row.count) for row in rows]


_COUNTS = text(
    """
    SELECT unit.code, found.indicator, found.count FROM (
        SELECT unit_id, CASE WHEN category IN ('electricity', 'water') THEN 'utility_points_with_qr'
                             ELSE 'merchants_with_qr' END AS indicator, count(*) AS count
        FROM merchant
        WHERE status = 'active' AND has_qr AND category IN ('market_stall', 'shop', 'electricity', 'water')
        GROUP BY 1, 2
        UNION ALL
        SELECT unit_id, 'cashless_payments', count(*) FROM payment WHERE status = 'settled' GROUP BY 1
        UNION ALL
        SELECT unit_id, 'cashless_amount', sum(amount)::bigint FROM payment WHERE status = 'settled' GROUP BY 1
    ) AS found JOIN known_unit AS unit ON unit.id = found.unit_id AND unit.kind <> 'training'
    ORDER BY 1, 2
    """
)
