"""Public events are kept 30 days, with their deliveries and attempts; notifications a year, with their sends."""

from datetime import timedelta

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Session

KEPT = timedelta(days=30)
NOTIFICATIONS_KEPT = timedelta(days=365)
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


async def delete_old_notifications(session: Session) -> int:
    """Deletes one batch of notifications that are older than a year, and of planned notices; returns their number."""
    values = {"before": now() - NOTIFICATIONS_KEPT, "batch": BATCH}
    count: int = (await session.execute(_DELETE_NOTIFICATIONS, values)).rowcount
    await session.execute(_DELETE_PLANS, values)
    return count


_DELETE_NOTIFICATIONS = text(
    "DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE at < :before ORDER BY at LIMIT :batch)"
)
_DELETE_PLANS = text(
    "DELETE FROM planned_notice WHERE id IN (SELECT id FROM planned_notice WHERE due_at < :before LIMIT :batch)"
)
