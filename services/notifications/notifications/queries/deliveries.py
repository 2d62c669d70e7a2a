"""Deliveries of a subscription, with their attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from notifications.model.deliveries import DeliveryAttempt, DeliveryStatus, EventDelivery
from notifications.model.events import PublicEvent


@dataclass(frozen=True)
class DeliveredEvent:
    """A delivery with its event."""

    delivery: EventDelivery
    event: PublicEvent


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries are listed; times are when the event became known here, `until` is excluded."""

    status: DeliveryStatus | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_deliveries(
    session: ReadSession, subscription_id: UUID, wanted: DeliveryFilter, page: Page
) -> tuple[list[DeliveredEvent], str | None]:
    """Deliveries, newest first."""
    query = (
        select(EventDelivery, PublicEvent)
        .join(PublicEvent, col(PublicEvent.position) == EventDelivery.position)
        .where(EventDelivery.subscription_id == subscription_id)
    )
    if wanted.status is not None:
        query = query.where(EventDelivery.status == wanted.status.value)
    if wanted.type is not None:
        query = query.where(EventDelivery.type == wanted.type)
    if wanted.since is not None:
        query = query.where(col(PublicEvent.recorded_at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(PublicEvent.recorded_at) < wanted.until)
    if (before := page.after_key(int)) is not None:
        query = query.where(col(EventDelivery.position) < before[0])
    rows = list(await session.exec(query.order_by(col(EventDelivery.position).desc()).limit(page.limit + 1)))
    found = [DeliveredEvent(*row) for row in rows[: page.limit]]
    return found, cursor_at(found[-1].delivery.position) if len(rows) > page.limit else None


async def get_delivery(
    session: ReadSession, subscription_id: UUID, delivery_id: UUID, *, lock: bool = False
) -> DeliveredEvent:
    """One delivery of a subscription; else NotFound."""
    query = (
        select(EventDelivery, PublicEvent)
        .join(PublicEvent, col(PublicEvent.position) == EventDelivery.position)
        .where(EventDelivery.id == delivery_id, EventDelivery.subscription_id == subscription_id)
    )
    row = (await session.exec(query.with_for_update(of=EventDelivery) if lock else query)).first()
    if row is None:
        raise NotFound()
    return DeliveredEvent(*row)


async def list_attempts(session: ReadSession, delivery_id: UUID) -> Sequence[DeliveryAttempt]:
    """The attempts of a delivery, oldest first."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return (await session.exec(query.order_by(col(DeliveryAttempt.number), col(DeliveryAttempt.id)))).all()
