"""Subscriptions as their partner and as operators may see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from notifications.model.subscriptions import Subscription, SubscriptionAct, SubscriptionSecret


def visible_subscriptions(caller: Caller) -> Any:
    """The query of the subscriptions that the caller may see."""
    query = select(Subscription).where(col(Subscription.deleted_at).is_(None))
    return query if caller.role == "operator" else query.where(Subscription.partner_id == caller.partner_id)


async def get_subscription(
    session: ReadSession, caller: Caller, subscription_id: UUID, *, lock: bool = False
) -> Subscription:
    """The subscription if it is the caller's own (or the caller is an operator); else NotFound."""
    query = visible_subscriptions(caller).where(Subscription.id == subscription_id)
    found: Subscription | None = (await session.exec(query.with_for_update() if lock else query)).first()
    if found is None:
        raise NotFound()
    return found


async def list_subscriptions(
    session: ReadSession, caller: Caller, page: Page, *, partner_id: str | None
) -> tuple[list[Subscription], str | None]:
    """Subscriptions, oldest first."""
    query = visible_subscriptions(caller)
    if partner_id is not None:
        query = query.where(Subscription.partner_id == partner_id)
    return await page_by_id(session, query, Subscription.id, page)


async def count_subscriptions(session: ReadSession, partner_id: str) -> int:
    """How many a partner has."""
    query = select(func.count()).where(Subscription.partner_id == partner_id, col(Subscription.deleted_at).is_(None))
    return (await session.exec(query)).one()


async def list_secrets(session: ReadSession, subscription_id: UUID) -> Sequence[SubscriptionSecret]:
    """Its secrets, newest first."""
    query = select(SubscriptionSecret).where(SubscriptionSecret.subscription_id == subscription_id)
    return (await session.exec(query.order_by(col(SubscriptionSecret.id).desc()))).all()


async def list_acts(
    session: ReadSession, subscription_id: UUID, page: Page
) -> tuple[list[SubscriptionAct], str | None]:
    """What happened to a subscription, oldest first."""
    query = select(SubscriptionAct).where(SubscriptionAct.subscription_id == subscription_id)
    return await page_by_id(session, query, SubscriptionAct.id, page)
