"""Deletes expired data; names the columns of key rotation."""

from datetime import datetime, timedelta

from sqlalchemy import text

from chassis.clock import now
from chassis.runtime import Runtime
from chassis.security.key_rotation import reencrypting
from chassis.storage.database import Session
from gateway.model.deliveries import DELIVERY_BODY, Delivery
from gateway.model.partners import WEBHOOK_SECRET, PartnerSecret

BODY_DAYS = 90
"""Longer than the 30 days for which the bus keeps a partner's message; then only the outcome is kept."""
GUESSES_COUNT = timedelta(hours=1)
"""Long after which every address has all its guesses again."""


async def delete_bodies(session: Session, before: datetime) -> int:
    """Deletes the encrypted data of messages that were received before an instant; how many."""
    done = await session.execute(
        text("UPDATE delivery SET body = '' WHERE received_at < :before AND body <> '' RETURNING id"),
        {"before": before},
    )
    await session.execute(text("DELETE FROM delivery_conflict WHERE received_at < :before"), {"before": before})
    return len(done.all())


async def delete_expired(runtime: Runtime) -> None:
    """Deletes expired bodies, sessions and guesses; runs hourly."""
    async with runtime.database.transaction() as session:
        await delete_bodies(session, now() - timedelta(days=BODY_DAYS))
        await session.execute(text("DELETE FROM ended_session WHERE until < :now"), {"now": now()})
        await session.execute(text("DELETE FROM guess WHERE at < :before"), {"before": now() - GUESSES_COUNT})


ROTATIONS = (
    reencrypting(PartnerSecret, {"sealed": WEBHOOK_SECRET}),
    reencrypting(Delivery, {"body": DELIVERY_BODY}),
)
"""The columns that key rotation encrypts again."""
