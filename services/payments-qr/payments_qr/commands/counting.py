"""This service's own counts, for reporting to compare its projections with."""

from sqlalchemy import text

from chassis.storage.database import ReadSession
from contracts.counts import Count


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
        SELECT unit_id, 'cashless_amount', sum(amount - refunded_amount)::bigint FROM payment WHERE status = 'settled' GROUP BY 1
    ) AS found JOIN known_unit AS unit ON unit.id = found.unit_id AND unit.kind <> 'training'
    ORDER BY 1, 2
    """
)
