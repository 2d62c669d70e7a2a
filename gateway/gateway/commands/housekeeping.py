"""Timed work: forgetting what is no longer needed, and sealing anew what an older key sealed."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.runtime import Runtime
from chassis.security.encryption import DecryptionFailed, decrypt, encrypt, is_encrypted_with_newest_key
from chassis.storage.database import Session
from gateway.model.deliveries import DELIVERY_BODY
from gateway.model.partners import WEBHOOK_SECRET

BODY_DAYS = 90
"""Longer than the 30 days after which the bus forgets a partner's message; then only what became of it is kept."""
BATCH = 500


async def forget_bodies(session: Session, before: datetime) -> int:
    """Deletes the sealed data of messages that were received before an instant; how many."""
    done = await session.execute(
        text("UPDATE delivery SET body = '' WHERE received_at < :before AND body <> '' RETURNING id"),
        {"before": before},
    )
    await session.execute(text("DELETE FROM delivery_conflict WHERE received_at < :before"), {"before": before})
    return len(done.all())


async def reseal_secrets(session: Session) -> int:
    """Seals partners' secrets with the newest key; how many were not. The row's version stays: nothing was changed."""
    rows = await session.execute(text("SELECT id, sealed FROM partner_secret WHERE sealed IS NOT NULL FOR UPDATE"))
    renewed = 0
    for row in rows.all():
        if is_encrypted_with_newest_key(row.sealed):
            continue
        opened = decrypt(WEBHOOK_SECRET, str(row.id), row.sealed)
        sealed = encrypt(WEBHOOK_SECRET, str(row.id), opened)
        await session.execute(
            text("UPDATE partner_secret SET sealed = :sealed WHERE id = :id"), {"sealed": sealed, "id": row.id}
        )
        renewed += 1
    return renewed


async def reseal_bodies(session: Session, after: UUID | None) -> UUID | None:
    """Seals a batch of kept messages with the newest key; the id to go on after, None at the end."""
    rows = await session.execute(
        text(
            "SELECT id, body FROM delivery WHERE id > :after AND body <> '' ORDER BY id LIMIT :batch"
            " FOR UPDATE SKIP LOCKED"
        ),
        {"after": after or UUID(int=0), "batch": BATCH},
    )
    last: UUID | None = None
    for row in rows.all():
        last = row.id
        if is_encrypted_with_newest_key(row.body):
            continue
        try:
            opened = decrypt(DELIVERY_BODY, str(row.id), row.body)
        except DecryptionFailed:
            continue  # its key is gone already; what became of the message is still known
        sealed = encrypt(DELIVERY_BODY, str(row.id), opened)
        await session.execute(text("UPDATE delivery SET body = :body WHERE id = :id"), {"body": sealed, "id": row.id})
    return last


async def forget(runtime: Runtime) -> None:
    """The hourly round of forgetting."""
    async with runtime.database.transaction() as session:
        await forget_bodies(session, now() - timedelta(days=BODY_DAYS))


async def reseal(runtime: Runtime) -> None:
    """The hourly round of sealing anew, batch by batch."""
    async with runtime.database.transaction() as session:
        await reseal_secrets(session)
    after: UUID | None = None
    while True:
        async with runtime.database.transaction() as session:
            after = await reseal_bodies(session, after)
        if after is None:
            return
