"""The budget of a unit and day for channels that cost money."""

from sqlalchemy import text

from chassis.clock import local_date, now
from chassis.storage.database import Session


async def spend(session: Session, unit_code: str, channel: str, cost: int, limit: int) -> bool:
    """Takes `cost` of what the unit may still send today; False where not so much is left. Two senders never pass the limit."""
    if cost > limit:
        return False
    values = {"unit": unit_code, "channel": channel, "day": local_date(now()), "cost": cost, "limit": limit}
    return (await session.execute(_SPEND, values)).first() is not None


_SPEND = text(
    "INSERT INTO channel_use AS known (unit_code, channel, day, used) VALUES (:unit, :channel, :day, :cost)"
    " ON CONFLICT (unit_code, channel, day) DO UPDATE SET used = known.used + :cost WHERE known.used + :cost <= :limit"
    " RETURNING used"
)
