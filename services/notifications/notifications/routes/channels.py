"""Channels to people: receipts of partners, and how channels are doing."""

from typing import Annotated

from fastapi import Request

from chassis.clock import now
from chassis.errors import Unauthenticated
from chassis.security.identity import Caller
from chassis.web.routing import Listed, Reading, Transaction, allow, public, transactional_router
from notifications.commands.receipts import take_receipt
from notifications.model.channels import ChannelReceipt, ReportingChannel
from notifications.queries.channels import channel_states
from notifications.schemas.channels import ChannelReceiptBody, ChannelView
from notifications.sender.signatures import is_signed, key_of
from notifications.settings import get_settings

router = transactional_router(tags=["notifications"])


@router.post("/v1/channel-receipts/{channel}", status_code=204)
async def create_channel_receipt(
    channel: ReportingChannel,
    body: ChannelReceiptBody,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller | None, public()],
) -> None:
    """Takes a partner's receipt of a message, signed as Standard Webhooks with the secret of the channel; the same
    `webhook-id` again changes nothing.
    """
    secret = get_settings().receipt_secret(channel)
    if secret is None or not is_signed(request.headers, await request.body(), key_of(secret), now()):
        raise Unauthenticated()
    await take_receipt(
        session,
        ChannelReceipt(
            channel=channel,
            id=request.headers["webhook-id"],
            reference=body.reference,
            status=body.status,
            error=body.error,
            at=body.at,
        ),
    )


@router.get("/v1/channels")
async def list_channels(session: Reading, caller: Annotated[Caller, allow("operator")]) -> Listed[ChannelView]:
    """Every channel beside the feed: what is due, what became of the messages of today, and what they used of budgets."""
    return Listed(
        items=[
            ChannelView(
                channel=state.channel,
                due=state.due,
                oldest_due_at=state.oldest_due_at,
                sent=state.counts.get("sent", 0),
                delivered=state.counts.get("delivered", 0),
                failed=state.counts.get("failed", 0),
                dropped=state.dropped,
                used=state.used,
            )
            for state in await channel_states(session)
        ]
    )
