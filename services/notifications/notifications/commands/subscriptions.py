"""Registering endpoints: their URL is checked, their secrets are made here and shown once."""

import asyncio
import base64
import secrets
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from yarl import URL

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from notifications.commands.acts import add_act
from notifications.errors import SubscriptionLimit
from notifications.model.addresses import NOT_PUBLIC, UrlRefused, may_connect, read_address, read_url
from notifications.model.subscriptions import SECRET, Subscription, SubscriptionSecret, SubscriptionStatus
from notifications.queries.events import last_position
from notifications.queries.subscriptions import count_subscriptions
from notifications.settings import get_settings

MOST_SUBSCRIPTIONS = 50
SECONDS_TO_RESOLVE = 5.0


async def create_subscription(
    session: Session, caller: Caller, url: str, types: Sequence[str], description: str | None
) -> tuple[Subscription, str]:
    """A subscription to what becomes known from now on, and its first secret."""
    assert caller.partner_id
    await check_url(url)
    await lock_name(session, "subscriptions", caller.partner_id)
    if await count_subscriptions(session, caller.partner_id) >= MOST_SUBSCRIPTIONS:
        raise SubscriptionLimit()
    subscription = Subscription(
        partner_id=caller.partner_id, url=url, types=list(dict.fromkeys(types)), description=description,
        position=await last_position(session),
    )  # fmt: skip
    session.add(subscription)
    await session.flush()
    secret, plain = new_secret(subscription.id)
    session.add(secret)
    add_act(session, subscription, caller, "subscription.created", ", ".join(subscription.types))
    return subscription, plain


async def change_subscription(
    session: Session, caller: Caller, subscription: Subscription, changes: Mapping[str, Any]
) -> None:
    """Changes the named attributes; `status` pauses it or activates it again."""
    if "url" in changes:
        await check_url(changes["url"])
    for name in ("url", "types", "description"):
        if name in changes:
            setattr(subscription, name, changes[name])
    if changes.get("status") == SubscriptionStatus.ACTIVE and not subscription.is_active:
        await _activate(session, subscription)
    elif changes.get("status") == SubscriptionStatus.PAUSED:
        subscription.status, subscription.status_reason = SubscriptionStatus.PAUSED.value, "owner"
    subscription.touch()
    session.add(subscription)
    add_act(session, subscription, caller, "subscription.changed", ", ".join(sorted(changes)))


async def _activate(session: Session, subscription: Subscription) -> None:
    """The owner confirms that the endpoint works again: what waits is due now, with the whole schedule before it."""
    subscription.status, subscription.status_reason = SubscriptionStatus.ACTIVE.value, None
    subscription.failing_since, subscription.warned = None, None
    await session.execute(_DUE_NOW, {"subscription": subscription.id, "now": now()})


_DUE_NOW = text(
    "UPDATE delivery SET next_attempt_at = :now, retries = 0 WHERE subscription_id = :subscription AND status = 'pending'"
)


def delete_subscription(session: Session, caller: Caller, subscription: Subscription) -> None:
    """Nothing is sent any more; its acts stay."""
    subscription.deleted_at = now()
    subscription.touch()
    session.add(subscription)
    add_act(session, subscription, caller, "subscription.deleted")


async def add_secret(
    session: Session, caller: Caller, subscription: Subscription, overlap: timedelta
) -> tuple[SubscriptionSecret, str]:
    """A new secret; the older ones sign beside it until `overlap` is over."""
    end = now() + overlap
    older = await session.exec(
        select(SubscriptionSecret).where(SubscriptionSecret.subscription_id == subscription.id).with_for_update()
    )
    for one in older:
        if one.valid_until is None or one.valid_until > end:
            one.valid_until = end
    secret, plain = new_secret(subscription.id)
    session.add(secret)
    subscription.touch()
    session.add(subscription)
    add_act(session, subscription, caller, "subscription.secret_added", f"…{secret.hint}")
    return secret, plain


def new_secret(subscription_id: UUID) -> tuple[SubscriptionSecret, str]:
    """The row of a new secret of 32 random bytes, and the secret as it is shown once."""
    plain = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    secret = SubscriptionSecret(subscription_id=subscription_id, sealed=b"", hint=plain[-4:])
    secret.sealed = encrypt(SECRET, str(secret.id), plain)
    return secret, plain


async def check_url(text_: str) -> None:
    """422 for an endpoint that nothing may be sent to, as it is written or as its name resolves today.

    A name that does not resolve now is accepted: it is resolved and checked again at every connect.
    """
    allows_loopback = get_settings().environment == "development"
    try:
        url = read_url(text_, allows_loopback=allows_loopback)
        for address in await _addresses_of(url):
            if (found := read_address(address)) is None or not may_connect(found, allows_loopback=allows_loopback):
                raise NOT_PUBLIC
    except UrlRefused as refused:
        raise InvalidBody(errors=[FieldError("/url", refused.code, refused.vi, refused.en)]) from refused


async def _addresses_of(url: URL) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS_TO_RESOLVE):
            found = await loop.getaddrinfo(url.raw_host, url.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return [str(one[4][0]) for one in found]
