"""Takes work for one subscription: new events become deliveries, due deliveries are claimed for a while.

A claim locks the subscription (`SKIP LOCKED`), so two senders never claim for one subscription at the same moment. A claimed
delivery has a lease by the clock of the database; when its sender dies, another one attempts it again after the lease, with
the same id. Two deliveries of one subject are never with two senders at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import decrypt_text
from chassis.storage.database import Database, Session
from notifications.model.deliveries import DeliveryStatus
from notifications.model.events import PublicEvent
from notifications.model.subscriptions import SECRET
from notifications.queries.events import events_of
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
    at: datetime
    """By the clock of the database, as the lease: what a sender signs is right where its own clock is wrong."""
    deliveries: tuple[ClaimedDelivery, ...] = ()
    has_more: bool = False
    """Whether there was as much as was asked for."""


@dataclass(frozen=True)
class ClaimLimits:
    """How much of one subscription may be claimed or not stored yet, by how it is doing, and may wait for a retry."""

    healthy: int
    failing: int
    open: int


async def subscriptions_with_work(database: Database) -> list[UUID]:
    """The subscriptions with new events or with deliveries that are due; those whose endpoints answer come first."""
    async with database.reading() as session:
        return list((await session.execute(_WITH_WORK, {"now": now()})).scalars())


async def claim(database: Database, subscription_id: UUID, limits: ClaimLimits, *, most: int) -> Claim | None:
    """Claims at most `most` deliveries; None where another sender claims at this moment, or there is no such subscription."""
    async with database.transaction() as session:
        subscription = (await session.execute(_LOCK, {"id": subscription_id, "now": now()})).first()
        if subscription is None:
            return None
        # A statement of its own: what it sees was committed before the lock was taken.
        work = (await session.execute(_WORK, {"id": subscription_id, "most": limits.open, "now": now()})).one()
        limit = limits.failing if subscription.is_failing else limits.healthy
        free = min(limit - len(work.claimed), most)
        deliveries, has_more = await _claim_due(session, subscription, work, free)
        if subscription.is_active:
            free = min(free - len(deliveries), limits.open - work.open)
            new, has_more_new = await _claim_new(session, subscription, work, free)
            deliveries, has_more = deliveries + new, has_more or has_more_new
        return Claim(subscription.url, _keys(subscription), work.at, tuple(deliveries), has_more)


async def release(session: Session, ids: Sequence[UUID]) -> None:
    """Gives claimed deliveries back that were not attempted."""
    await session.execute(_RELEASE, {"ids": ids})


async def _claim_due(session: Session, subscription: Any, work: Any, free: int) -> tuple[list[ClaimedDelivery], bool]:
    """Deliveries for a further attempt, and whether there were as many as were asked for."""
    if not work.has_due or free <= 0:
        return [], False
    rows = await session.execute(
        _CLAIM_DUE,
        {
            "id": subscription.id,
            "is_active": subscription.is_active,
            "claimed": work.claimed,
            "now": now(),
            "free": free,
            "lease": LEASE,
        },
    )
    claimed = [ClaimedDelivery(**one | {"body": one["body"].encode()}) for one in map(dict, rows.mappings())]
    return sorted(claimed, key=lambda one: one.position), len(claimed) == free


async def _claim_new(session: Session, subscription: Any, work: Any, free: int) -> tuple[list[ClaimedDelivery], bool]:
    """Makes deliveries of the events after the subscription's position; those of a subject that is claimed wait their turn."""
    if free <= 0 or work.last <= subscription.position:
        return [], False
    query = events_of(subscription.partner_id, is_app=subscription.is_app).where(
        col(PublicEvent.position) > subscription.position,
        col(PublicEvent.position) <= work.last,
        col(PublicEvent.type).in_(subscription.types),
    )
    events = (await session.execute(query.with_only_columns(*_SENT).order_by(PublicEvent.position).limit(free))).all()
    has_more, busy = len(events) == free, set(work.claimed)
    ids = [new_id() for _ in events]
    inserted = await session.execute(
        _INSERT,
        {
            "id": subscription.id,
            "position": events[-1].position if has_more else work.last,
            "now": now(),
            "lease": LEASE,
            "ids": ids,
            "positions": [event.position for event in events],
            "types": [event.type for event in events],
            "subjects": [event.subject for event in events],
            "claims": [event.subject not in busy for event in events],
        },
    )
    mine = {row.id for row in inserted if row.claimed_until is not None}
    return [
        ClaimedDelivery(id_, event.id, event.position, event.subject, event.body.encode(), 0, 0, event.recorded_at)
        for id_, event in zip(ids, events, strict=True)
        if id_ in mine
    ], has_more


def _keys(subscription: Any) -> tuple[bytes, ...]:
    secrets = zip(subscription.secret_ids, subscription.secrets, strict=True)
    return tuple(key_of(decrypt_text(SECRET, str(id_), sealed)) for id_, sealed in secrets)


_SENT = (
    col(PublicEvent.position), col(PublicEvent.id), col(PublicEvent.type), col(PublicEvent.subject),
    col(PublicEvent.body), col(PublicEvent.recorded_at),
)  # fmt: skip
_WITH_WORK = text(
    "SELECT s.id FROM subscription s WHERE s.deleted_at IS NULL AND ("
    " (s.status = 'active' AND s.position < (SELECT coalesce(max(position), 0) FROM public_event))"
    " OR EXISTS (SELECT FROM delivery d WHERE d.subscription_id = s.id AND d.status = 'pending'"
    " AND d.next_attempt_at <= :now AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())"
    " AND (s.status = 'active' OR d.is_forced))) ORDER BY s.failing_since NULLS FIRST"
)
_CURRENT = (
    "subscription_secret WHERE subscription_id = s.id AND (valid_until IS NULL OR valid_until > :now) ORDER BY id DESC"
)
_LOCK = text(
    "SELECT s.id, s.partner_id, s.url, s.types, s.position, s.status = 'active' AS is_active,"
    " s.failing_since IS NOT NULL AS is_failing,"
    f" ARRAY(SELECT id FROM {_CURRENT}) AS secret_ids, ARRAY(SELECT sealed FROM {_CURRENT}) AS secrets,"
    " coalesce((SELECT p.kind = 'app' FROM known_partner p WHERE p.id = s.partner_id), false) AS is_app"
    " FROM subscription s WHERE s.id = :id AND s.deleted_at IS NULL FOR NO KEY UPDATE OF s SKIP LOCKED"
)
_WORK = text(
    "SELECT clock_timestamp() AS at, ARRAY(SELECT subject FROM delivery WHERE subscription_id = :id"
    " AND claimed_until > clock_timestamp()) AS claimed,"
    " (SELECT count(*) FROM (SELECT FROM delivery WHERE subscription_id = :id AND status = 'pending'"
    " LIMIT :most) AS pending) AS open,"
    " (SELECT coalesce(max(position), 0) FROM public_event) AS last,"
    " EXISTS (SELECT FROM delivery WHERE subscription_id = :id AND status = 'pending'"
    " AND next_attempt_at <= :now AND (claimed_until IS NULL OR claimed_until < clock_timestamp())) AS has_due"
)
_CLAIM_DUE = text(
    "UPDATE delivery d SET claimed_until = clock_timestamp() + :lease FROM public_event e WHERE e.position = d.position"
    " AND d.id IN (SELECT id FROM delivery WHERE subscription_id = :id AND status = 'pending'"
    " AND next_attempt_at <= :now AND (claimed_until IS NULL OR claimed_until < clock_timestamp())"
    " AND (:is_active OR is_forced) AND subject <> ALL(cast(:claimed AS text[]))"
    " ORDER BY next_attempt_at, position LIMIT :free)"
    " RETURNING d.id, e.id AS event_id, d.position, d.subject, e.body, d.attempts, d.retries, e.recorded_at"
)
_INSERT = text(
    "WITH moved AS (UPDATE subscription SET position = :position WHERE id = :id)"
    " INSERT INTO delivery (id, subscription_id, position, type, subject, status, attempts, retries, is_forced, created_at,"
    " next_attempt_at, claimed_until)"
    f" SELECT id, :id, position, type, subject, '{DeliveryStatus.PENDING}', 0, 0, false, :now, :now,"
    " CASE WHEN claims THEN clock_timestamp() + :lease END"
    " FROM unnest(cast(:ids AS uuid[]), cast(:positions AS bigint[]), cast(:types AS text[]), cast(:subjects AS text[]),"
    " cast(:claims AS boolean[])) AS new (id, position, type, subject, claims)"
    " ON CONFLICT (subscription_id, position) DO NOTHING RETURNING id, claimed_until"
)
_RELEASE = text("UPDATE delivery SET claimed_until = NULL WHERE id = ANY(:ids)")
