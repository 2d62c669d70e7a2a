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
        SELECT unit_id, 'cashless_payments',
               count(*) FILTER (WHERE kind = 'settled') - count(*) FILTER (WHERE kind = 'reversed')
        FROM movement WHERE kind IN ('settled', 'refunded', 'reversed') GROUP BY 1
        HAVING count(*) FILTER (WHERE kind = 'settled') > count(*) FILTER (WHERE kind = 'reversed')
        UNION ALL
        SELECT unit_id, 'cashless_amount', sum(amount)::bigint
        FROM movement WHERE kind IN ('settled', 'refunded', 'reversed') GROUP BY 1 HAVING sum(amount) > 0
    ) AS found JOIN known_unit AS unit ON unit.id = found.unit_id AND unit.kind <> 'training'
    ORDER BY 1, 2
    """
)
