"""Public events are kept 30 days, with their deliveries and attempts."""

from datetime import timedelta

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Session

KEPT = timedelta(days=30)
BATCH = 5000


async def delete_expired(session: Session) -> int:
    """Deletes one batch of events that became known more than 30 days ago; returns their number."""
    deleted = await session.execute(_DELETE, {"before": now() - KEPT, "batch": BATCH})
    count: int = deleted.rowcount
    return count


_DELETE = text(
    "DELETE FROM public_event WHERE position IN (SELECT position FROM public_event WHERE recorded_at < :before"
    " ORDER BY recorded_at LIMIT :batch)"
)
