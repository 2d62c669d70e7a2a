"""The registry's own counts, for the report to compare its projections with."""

from sqlalchemy import text

from chassis.storage.database import ReadSession
from contracts.counts import Count


async def take_counts(session: ReadSession) -> list[Count]:
    """How many residents live in each unit itself."""
    rows = (await session.execute(_RESIDENTS)).all()
    return [Count(unit_code=row.code, indicator="residents", count=row.count) for row in rows]


_RESIDENTS = text(
    "SELECT u.code, r.count FROM (SELECT unit_id, count(*) AS count FROM resident WHERE life = 'alive' GROUP BY unit_id)"
    " AS r JOIN known_unit AS u ON u.id = r.unit_id AND u.kind <> 'training' ORDER BY u.code"
)
