"""Deliveries of a subscription: what was sent and what came of it; tests, resends, replays."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.errors import FieldError, InvalidQuery
from chassis.security.identity import Caller
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, transactional_router
from notifications.commands import deliveries as commands
from notifications.model.deliveries import DeliveryStatus
from notifications.model.event_types import BY_NAME
from notifications.queries import deliveries as queries
from notifications.queries.subscriptions import get_subscription
from notifications.schemas.deliveries import (
    AttemptView,
    DeliveryListItem,
    ReplayCreate,
    ReplayView,
    TestSent,
    WebhookDeliveryView,
)
from notifications.schemas.events import EventView
from notifications.schemas.subscriptions import SubscriptionTest

router = transactional_router(prefix="/v1/subscriptions/{subscription_id}", tags=["subscriptions"])

Owner = Annotated[Caller, allow("partner")]
OwnerOrOperator = Annotated[Caller, allow("partner", "operator")]


@router.post("/test", status_code=202)
async def send_test_event(
    subscription_id: UUID, session: Transaction, body: SubscriptionTest | None = None, *, caller: Owner
) -> TestSent:
    """Sends a sample to the endpoint in a moment, also while the subscription is not active."""
    subscription = await get_subscription(session, caller, subscription_id)
    type_ = (body.type if body else None) or subscription.types[0]
    delivery, event_id = await commands.send_test(session, caller, subscription, type_)
    return TestSent(delivery_id=delivery.id, event_id=event_id, type=type_)


@router.get("/deliveries")
async def list_subscription_deliveries(
    subscription_id: UUID,
    session: Reading,
    page: PageQuery,
    status: DeliveryStatus | None = None,
    event_type: Annotated[str | None, Query(alias="type")] = None,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
    *,
    caller: OwnerOrOperator,
) -> Listed[DeliveryListItem]:
    """Deliveries of the last 30 days, newest first; `from` and `to` are when the event became known."""
    subscription = await get_subscription(session, caller, subscription_id)
    if event_type is not None and event_type not in BY_NAME:
        error = FieldError("/type", "unknown-code", "Không có loại sự kiện này.", "There is no such event type.")
        raise InvalidQuery(errors=[error])
    wanted = queries.DeliveryFilter(status, event_type, _aware("from", since), _aware("to", until))
    found, cursor = await queries.list_deliveries(session, subscription.id, wanted, page)
    return Listed(items=[DeliveryListItem.of(one) for one in found], next_cursor=cursor)


def _aware(name: str, moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        error = FieldError(
            f"/{name}", "datetime-parsing", "Phải là thời điểm có múi giờ.", "Must be a time with offset."
        )
        raise InvalidQuery(errors=[error])
    return moment


@router.get("/deliveries/{delivery_id}")
async def get_subscription_delivery(
    subscription_id: UUID, delivery_id: UUID, session: Reading, *, caller: OwnerOrOperator
) -> WebhookDeliveryView:
    """One delivery with its event and its attempts; the endpoint's answers are shown to its owner only."""
    subscription = await get_subscription(session, caller, subscription_id)
    found = await queries.get_delivery(session, subscription.id, delivery_id)
    attempts = await queries.list_attempts(session, delivery_id)
    return WebhookDeliveryView(
        **DeliveryListItem.of(found).model_dump(),
        event=EventView.of(found.event),
        attempt_list=[AttemptView.of(one, shows_answer=caller.role == "partner") for one in attempts],
    )


@router.post("/deliveries/{delivery_id}/resend", status_code=202)
async def resend_delivery(
    subscription_id: UUID, delivery_id: UUID, session: Transaction, *, caller: Owner
) -> DeliveryListItem:
    """Sends one event again in a moment, with its id, also while the subscription is not active."""
    subscription = await get_subscription(session, caller, subscription_id)
    found = await queries.get_delivery(session, subscription.id, delivery_id, lock=True)
    commands.resend(session, caller, subscription, found.delivery)
    return DeliveryListItem.of(found)


@router.post("/replays", status_code=202)
async def replay_deliveries(
    subscription_id: UUID, body: ReplayCreate, session: Transaction, *, caller: Owner
) -> ReplayView:
    """Sends the events of a time again, with their ids; while the subscription is paused they wait."""
    subscription = await get_subscription(session, caller, subscription_id, lock=True)
    done = await commands.replay(
        session, caller, subscription, body.since, body.until, types=body.types, status=body.status
    )
    return ReplayView.of(done)
