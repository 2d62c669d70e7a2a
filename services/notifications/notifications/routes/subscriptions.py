"""Subscriptions: endpoints of partners and their secrets."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse

from chassis.security.identity import Caller
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)
from notifications.commands import subscriptions as commands
from notifications.queries import subscriptions as queries
from notifications.schemas.subscriptions import (
    OVERLAP_HOURS,
    NewSubscription,
    NewSubscriptionSecret,
    SubscriptionActView,
    SubscriptionCreate,
    SubscriptionPatch,
    SubscriptionSecretCreate,
    SubscriptionSecretView,
    SubscriptionView,
)

router = transactional_router(prefix="/v1/subscriptions", tags=["subscriptions"])

Owner = Annotated[Caller, allow("partner")]
OwnerOrOperator = Annotated[Caller, allow("partner", "operator")]


@router.post("", status_code=201, response_model=NewSubscription)
async def create_subscription(body: SubscriptionCreate, session: Transaction, *, caller: Owner) -> JSONResponse:
    """Subscribes an endpoint to types of events, from now on. The secret is shown this once."""
    subscription, secret = await commands.create_subscription(session, caller, body.url, body.types, body.description)
    view = NewSubscription.with_secret(subscription, secret)
    return created(view, f"/v1/subscriptions/{subscription.id}", version=subscription.version)


@router.get("")
async def list_subscriptions(
    session: Reading, page: PageQuery, partner_id: str | None = None, *, caller: OwnerOrOperator
) -> Listed[SubscriptionView]:
    """The partner's subscriptions; all for operators."""
    found, cursor = await queries.list_subscriptions(session, caller, page, partner_id=partner_id)
    return Listed(items=[SubscriptionView.of(one) for one in found], next_cursor=cursor)


@router.get("/{subscription_id}")
async def get_subscription(
    subscription_id: UUID, session: Reading, response: Response, *, caller: OwnerOrOperator
) -> SubscriptionView:
    """One subscription and how its endpoint is doing."""
    subscription = await queries.get_subscription(session, caller, subscription_id)
    response.headers["ETag"] = etag(subscription.version)
    return SubscriptionView.of(subscription)


@router.patch("/{subscription_id}")
async def update_subscription(
    subscription_id: UUID,
    body: SubscriptionPatch,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    *,
    caller: Owner,
) -> SubscriptionView:
    """Changes the endpoint or the types, pauses, or activates again what was paused or disabled."""
    subscription = await queries.get_subscription(session, caller, subscription_id, lock=True)
    require_match(if_match, subscription.version)
    await commands.change_subscription(session, caller, subscription, body.changes())
    response.headers["ETag"] = etag(subscription.version)
    return SubscriptionView.of(subscription)


@router.delete("/{subscription_id}", status_code=204)
async def delete_subscription(
    subscription_id: UUID, session: Transaction, if_match: IfMatch = None, *, caller: Owner
) -> None:
    """Ends a subscription: nothing is sent any more."""
    subscription = await queries.get_subscription(session, caller, subscription_id, lock=True)
    require_match(if_match, subscription.version)
    commands.delete_subscription(session, caller, subscription)


@router.post("/{subscription_id}/secrets", status_code=201)
async def create_subscription_secret(
    subscription_id: UUID, session: Transaction, body: SubscriptionSecretCreate | None = None, *, caller: Owner
) -> NewSubscriptionSecret:
    """A new secret; the old ones sign beside it for `overlap_hours`. It is shown this once."""
    subscription = await queries.get_subscription(session, caller, subscription_id, lock=True)
    overlap = timedelta(hours=body.overlap_hours if body else OVERLAP_HOURS)
    secret, plain = await commands.add_secret(session, caller, subscription, overlap)
    return NewSubscriptionSecret.of(secret, plain)


@router.get("/{subscription_id}/secrets")
async def list_subscription_secrets(
    subscription_id: UUID, session: Reading, *, caller: OwnerOrOperator
) -> Listed[SubscriptionSecretView]:
    """The secrets by their last characters and their times, newest first."""
    subscription = await queries.get_subscription(session, caller, subscription_id)
    secrets = await queries.list_secrets(session, subscription.id)
    return Listed(items=[SubscriptionSecretView.model_validate(one, from_attributes=True) for one in secrets])


@router.get("/{subscription_id}/acts")
async def list_subscription_acts(
    subscription_id: UUID, session: Reading, page: PageQuery, *, caller: OwnerOrOperator
) -> Listed[SubscriptionActView]:
    """What happened to a subscription, and who did it: also warnings of a failing endpoint and its disabling."""
    subscription = await queries.get_subscription(session, caller, subscription_id)
    acts, cursor = await queries.list_acts(session, subscription.id, page)
    return Listed(items=[SubscriptionActView.of(one) for one in acts], next_cursor=cursor)
