"""What the owner of a subscription asks for: a test, one delivery again, a replay of a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Session
from notifications.commands.acts import add_act
from notifications.commands.publishing import NewEvent, record_events
from notifications.commands.retention import KEPT
from notifications.errors import ReplayTooOld
from notifications.model.deliveries import DeliveryStatus, EventDelivery, Replay
from notifications.model.events import PublicEvent
from notifications.model.samples import sample_data
from notifications.model.subscriptions import Subscription
from notifications.queries.events import visible_events


async def send_test(
    session: Session, caller: Caller, subscription: Subscription, type_: str
) -> tuple[EventDelivery, UUID]:
    """A sample of a type for this subscription alone, in no feed; sent also while the subscription is not active."""
    id_ = new_id()
    (position,) = await record_events(session, [NewEvent(type_, str(id_), f"test|{id_}", now(), sample_data(type_))])
    event = (await session.exec(select(PublicEvent).where(PublicEvent.position == position))).one()
    delivery = EventDelivery(
        subscription_id=subscription.id, position=position, type=type_, subject=event.subject, is_forced=True,
        created_at=now(), next_attempt_at=now(),
    )  # fmt: skip
    session.add(delivery)
    add_act(session, subscription, caller, "subscription.tested", type_)
    return delivery, event.id


def resend(session: Session, caller: Caller, subscription: Subscription, delivery: EventDelivery) -> None:
    """One delivery is due now, whatever became of it, also while the subscription is not active."""
    delivery.status, delivery.retries, delivery.is_forced = DeliveryStatus.PENDING.value, 0, True
    delivery.next_attempt_at, delivery.delivered_at = now(), None
    session.add(delivery)
    add_act(session, subscription, caller, "delivery.resent", str(delivery.id))


async def replay(
    session: Session, caller: Caller, subscription: Subscription, since: datetime, until: datetime,
    *, types: Sequence[str], status: DeliveryStatus | None,
) -> Replay:  # fmt: skip
    """The events that became known from `since` to before `until` are due now, with the ids that they had.

    `status`: only deliveries that stand so. Events after the subscription's position come by themselves.
    """
    if until <= now() - KEPT:
        raise ReplayTooOld()
    query = (await visible_events(session, subscription.partner_id)).where(
        col(PublicEvent.recorded_at) >= since,
        col(PublicEvent.recorded_at) < until,
        col(PublicEvent.position) <= subscription.position,
        col(PublicEvent.type).in_(types or subscription.types),
    )
    if status is not None:
        query = query.join(
            EventDelivery,
            (col(EventDelivery.position) == PublicEvent.position)
            & (col(EventDelivery.subscription_id) == subscription.id),
        ).where(EventDelivery.status == status.value)
    wanted = query.with_only_columns(
        col(PublicEvent.position), col(PublicEvent.type), col(PublicEvent.subject), maintain_column_froms=True
    )
    rows = list(await session.execute(wanted))
    if rows:
        await session.execute(
            _DUE_AGAIN,
            {
                "ids": [new_id() for _ in rows],
                "positions": [row[0] for row in rows],
                "types": [row[1] for row in rows],
                "subjects": [row[2] for row in rows],
                "subscription": subscription.id,
                "now": now(),
            },
        )
    done = Replay(
        subscription_id=subscription.id, requested_at=now(), requested_by=caller.account, starts_at=since, ends_at=until,
        deliveries=len(rows),
    )  # fmt: skip
    session.add(done)
    add_act(
        session,
        subscription,
        caller,
        "subscription.replayed",
        f"{since.isoformat()} to {until.isoformat()}: {len(rows)}",
    )
    return done


_DUE_AGAIN = text(
    "INSERT INTO delivery (id, subscription_id, position, type, subject, status, attempts, retries, is_forced, created_at,"
    f" next_attempt_at) SELECT id, :subscription, position, type, subject, '{DeliveryStatus.PENDING}', 0, 0, false, :now, :now"
    " FROM unnest(cast(:ids AS uuid[]), cast(:positions AS bigint[]), cast(:types AS text[]), cast(:subjects AS text[]))"
    " AS new (id, position, type, subject)"
    " ON CONFLICT (subscription_id, position) DO UPDATE SET status = excluded.status, retries = 0,"
    " next_attempt_at = excluded.next_attempt_at, delivered_at = NULL"
)
