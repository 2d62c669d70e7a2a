"""Receipts of channels: stored once, and applied to the send that they are about."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.storage.database import Session
from notifications.model.channels import ChannelReceipt


async def take_receipt(session: Session, receipt: ChannelReceipt) -> None:
    """Stores a receipt; the same `id` again changes nothing. One that comes before its send is stored is applied then."""
    await session.execute(
        _INSERT,
        {
            "channel": receipt.channel,
            "id": receipt.id,
            "reference": receipt.reference,
            "status": receipt.status,
            "error": receipt.error,
            "at": receipt.at,
            "received_at": receipt.received_at,
        },
    )
    await apply_receipts(session, [receipt.reference])


async def apply_receipts(session: Session, references: Sequence[str]) -> None:
    """Applies what is stored for these references; what was delivered stays delivered."""
    if references:
        await session.execute(_APPLY, {"references": list(references)})


_INSERT = text(
    "INSERT INTO channel_receipt (channel, id, reference, status, error, at, received_at)"
    " VALUES (:channel, :id, :reference, :status, :error, :at, :received_at) ON CONFLICT DO NOTHING"
)
_APPLY = text(
    "UPDATE notification_send s SET status = r.status, error = r.error,"
    " delivered_at = CASE WHEN r.status = 'delivered' THEN r.at END"
    " FROM (SELECT DISTINCT ON (channel, reference) channel, reference, status, error, at FROM channel_receipt"
    " WHERE reference = ANY(cast(:references AS text[]))"
    " ORDER BY channel, reference, (status = 'delivered') DESC, at DESC) AS r"
    " WHERE s.provider_reference = r.reference AND s.channel = r.channel AND s.status IN ('sent', 'failed')"
    " AND s.sent_at IS NOT NULL"
)
