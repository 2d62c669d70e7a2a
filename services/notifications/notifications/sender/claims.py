"""Takes work for one subscription: new events become deliveries, due deliveries are claimed for a while.

A claim locks the subscription (`SKIP LOCKED`), so two senders never claim for one subscription at the same moment. A claimed
delivery has a lease by the clock of the database; when its sender dies, another one attempts it again after the lease, with
the same id. Two deliveries of one subject are never with two senders at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, func, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import decrypt_text
from chassis.storage.database import Database, ReadSession, Session
from notifications.model.deliveries import DeliveryStatus
from notifications.model.events import PublicEvent
from notifications.model.subscriptions import SECRET, Subscription, SubscriptionSecret
from notifications.queries.events import visible_events
from notifications.sender.signatures import key_of

LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class ClaimedDelivery:
    """A delivery to attempt now."""

    id: UUID
    event_id: UUID
    position: int
    subject: str
    body: bytes
    attempts: int
    retries: int
    recorded_at: datetime


@dataclass(frozen=True)
class Claim:
    """What a sender may attempt of one subscription until the lease ends."""

    url: str
    keys: tuple[bytes, ...]
    is_failing: bool
    deliveries: tuple[ClaimedDelivery, ...]


@dataclass(frozen=True)
class ClaimLimits:
    """How much of one subscription is claimed at once, by how it is doing, and may wait for a retry."""

    healthy: int
    failing: int
    open: int


async def subscriptions_with_work(database: Database) -> list[UUID]:
    """The subscriptions with new events or with deliveries that are due."""
    async with database.reading() as session:
        return list((await session.execute(_WITH_WORK, {"now": now()})).scalars())


async def claim(database: Database, subscription_id: UUID, limits: ClaimLimits, *, most: int) -> Claim | None:
    """Claims at most `most` deliveries; None where another sender claims at this moment, or there is no such subscription."""
    async with database.transaction() as session:
        found = await session.exec(
            select(Subscription)
            .where(Subscription.id == subscription_id, col(Subscription.deleted_at).is_(None))
            .with_for_update(skip_locked=True, key_share=True)
        )
        subscription = found.first()
        if subscription is None:
            return None
        work = await _work_of(session, subscription, limits.open)
        limit = limits.failing if subscription.failing_since else limits.healthy
        free = min(limit - len(work.claimed), most)
        deliveries = await _claim_due(session, subscription, work, free) if work.has_due else []
        free -= len(deliveries)
        if subscription.is_active and free > 0:
            deliveries += await _claim_new(session, subscription, work, min(free, limits.open - work.open))
        is_failing = subscription.failing_since is not None
        keys = await _keys(session, subscription_id) if deliveries else ()
        return Claim(subscription.url, keys, is_failing, tuple(deliveries))


async def release(session: Session, ids: list[UUID]) -> None:
    """Gives claimed deliveries back that were not attempted."""
    await session.execute(_RELEASE, {"ids": ids})


@dataclass(frozen=True)
class _Work:
    """What there is to do for a subscription; read under its lock."""

    claimed: frozenset[str]
    """Subjects of deliveries that a sender has claimed."""
    open: int
    last: int
    """The position of the last public event."""
    has_due: bool


async def _work_of(session: ReadSession, subscription: Subscription, most_open: int) -> _Work:
    found = await session.execute(_WORK, {"subscription": subscription.id, "most": most_open, "now": now()})
    row = found.one()
    return _Work(frozenset(row.claimed), row.open, row.last, row.has_due)


async def _claim_due(session: Session, subscription: Subscription, work: _Work, free: int) -> list[ClaimedDelivery]:
    if free <= 0:
        return []
    rows = await session.execute(
        _CLAIM_DUE,
        {
            "subscription": subscription.id,
            "is_active": subscription.is_active,
            "claimed": list(work.claimed),
            "now": now(),
            "free": free,
            "lease": LEASE,
        },
    )
    claimed = [ClaimedDelivery(**one | {"body": one["body"].encode()}) for one in map(dict, rows.mappings())]
    return sorted(claimed, key=lambda one: one.position)


async def _claim_new(session: Session, subscription: Subscription, work: _Work, free: int) -> list[ClaimedDelivery]:
    """Makes deliveries of the events after the subscription's position; those of a subject that is claimed wait their turn."""
    if free <= 0 or work.last <= subscription.position:
        return []
    query = await visible_events(session, subscription.partner_id)
    query = query.where(
        col(PublicEvent.position) > subscription.position,
        col(PublicEvent.position) <= work.last,
        col(PublicEvent.type).in_(subscription.types),
    )
    events = list(await session.exec(query.order_by(col(PublicEvent.position)).limit(free)))
    subscription.position = events[-1].position if len(events) == free else work.last
    session.add(subscription)
    if not events:
        return []
    ids = [new_id() for _ in events]
    inserted = await session.execute(
        _INSERT,
        {
            "subscription": subscription.id,
            "now": now(),
            "lease": LEASE,
            "ids": ids,
            "positions": [event.position for event in events],
            "types": [event.type for event in events],
            "subjects": [event.subject for event in events],
            "claims": [event.subject not in work.claimed for event in events],
        },
    )
    mine = set(inserted.scalars())
    return [
        ClaimedDelivery(id_, event.id, event.position, event.subject, event.body.encode(), 0, 0, event.recorded_at)
        for id_, event in zip(ids, events, strict=True)
        if id_ in mine and event.subject not in work.claimed
    ]


async def _keys(session: ReadSession, subscription_id: UUID) -> tuple[bytes, ...]:
    moment = now()
    secrets = await session.exec(
        select(SubscriptionSecret)
        .where(
            SubscriptionSecret.subscription_id == subscription_id,
            func.coalesce(SubscriptionSecret.valid_until, moment + LEASE) > moment,
        )
        .order_by(col(SubscriptionSecret.id).desc())
    )
    return tuple(key_of(decrypt_text(SECRET, str(secret.id), secret.sealed)) for secret in secrets)


_WITH_WORK = text(
    "SELECT s.id FROM subscription s WHERE s.deleted_at IS NULL AND ("
    " (s.status = 'active' AND s.position < (SELECT coalesce(max(position), 0) FROM public_event))"
    " OR EXISTS (SELECT FROM delivery d WHERE d.subscription_id = s.id AND d.status = 'pending'"
    " AND d.next_attempt_at <= :now AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())"
    " AND (s.status = 'active' OR d.is_forced)))"
)
_WORK = text(
    "SELECT ARRAY(SELECT subject FROM delivery WHERE subscription_id = :subscription"
    " AND claimed_until > clock_timestamp()) AS claimed,"
    " (SELECT count(*) FROM (SELECT FROM delivery WHERE subscription_id = :subscription AND status = 'pending'"
    " LIMIT :most) AS pending) AS open,"
    " (SELECT coalesce(max(position), 0) FROM public_event) AS last,"
    " EXISTS (SELECT FROM delivery WHERE subscription_id = :subscription AND status = 'pending'"
    " AND next_attempt_at <= :now AND (claimed_until IS NULL OR claimed_until < clock_timestamp())) AS has_due"
)
_CLAIM_DUE = text(
    "UPDATE delivery d SET claimed_until = clock_timestamp() + :lease FROM public_event e WHERE e.position = d.position"
    " AND d.id IN (SELECT id FROM delivery WHERE subscription_id = :subscription AND status = 'pending'"
    " AND next_attempt_at <= :now AND (claimed_until IS NULL OR claimed_until < clock_timestamp())"
    " AND (:is_active OR is_forced) AND subject <> ALL(cast(:claimed AS text[]))"
    " ORDER BY next_attempt_at, position LIMIT :free)"
    " RETURNING d.id, e.id AS event_id, d.position, d.subject, e.body, d.attempts, d.retries, e.recorded_at"
)
_INSERT = text(
    "INSERT INTO delivery (id, subscription_id, position, type, subject, status, attempts, retries, is_forced, created_at,"
    " next_attempt_at, claimed_until)"
    f" SELECT id, :subscription, position, type, subject, '{DeliveryStatus.PENDING}', 0, 0, false, :now, :now,"
    " CASE WHEN claims THEN clock_timestamp() + :lease END"
    " FROM unnest(cast(:ids AS uuid[]), cast(:positions AS bigint[]), cast(:types AS text[]), cast(:subjects AS text[]),"
    " cast(:claims AS boolean[])) AS new (id, position, type, subject, claims)"
    " ON CONFLICT (subscription_id, position) DO NOTHING RETURNING id"
)
_RELEASE = text("UPDATE delivery SET claimed_until = NULL WHERE id = ANY(:ids)")
