"""Deletes what is no longer needed; names what follows new keys."""

from datetime import datetime, timedelta

from sqlalchemy import text

from chassis.clock import now
from chassis.runtime import Runtime
from chassis.security.key_rotation import reencrypting
from chassis.storage.database import Session
from gateway.model.deliveries import DELIVERY_BODY, Delivery
from gateway.model.partners import WEBHOOK_SECRET, PartnerSecret

BODY_DAYS = 90
"""Longer than the 30 days after which the bus forgets a partner's message; then only what became of it is kept."""


async def forget_bodies(session: Session, before: datetime) -> int:
    """Deletes the sealed data of messages that were received before an instant; how many."""
    done = await session.execute(
        text("UPDATE delivery SET body = '' WHERE received_at < :before AND body <> '' RETURNING id"),
        {"before": before},
    )
    await session.execute(text("DELETE FROM delivery_conflict WHERE received_at < :before"), {"before": before})
    return len(done.all())


async def forget(runtime: Runtime) -> None:
    """The hourly round of forgetting."""
    async with runtime.database.transaction() as session:
        await forget_bodies(session, now() - timedelta(days=BODY_DAYS))


ROTATIONS = (
    reencrypting(PartnerSecret, {"sealed": WEBHOOK_SECRET}),
    reencrypting(Delivery, {"body": DELIVERY_BODY}),
)
"""What follows new keys."""
