"""Stores the results of attempts: many in one transaction, until the database has them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.security.encryption import encrypt
from chassis.storage.database import Database, Session
from notifications.commands.acts import PLATFORM, add_act
from notifications.model.deliveries import ANSWER, DeliveryStatus
from notifications.model.subscriptions import Subscription, SubscriptionStatus
from notifications.sender import metrics
from notifications.sender.claims import ClaimedDelivery, release
from notifications.sender.client import AttemptResult
from notifications.sender.schedule import seconds_before_retry

AT_ONCE = 1000
ENOUGH = 300
BATCH_SECONDS = 0.05
"""A transaction costs more than the rows in it, so results are gathered: `ENOUGH`, or for a moment."""
MOST = 600
"""A sender that is killed repeats what it had not stored, with the same ids: so many, and what is in flight."""
LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Attempted:
    """An attempt that was made and is not stored yet."""

    subscription_id: UUID
    delivery: ClaimedDelivery
    result: AttemptResult


class Recorder:
    """Collects results and stores them; while the database is away they wait in memory."""

    def __init__(self, database: Database, schedule: Sequence[float]) -> None:
        self._database, self._schedule = database, schedule
        self._waiting: list[Attempted] = []
        self._not_attempted: list[UUID] = []
        self._has_some = asyncio.Event()
        self._is_due = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def add(self, attempted: Attempted) -> None:
        """Takes a result; it is stored soon."""
        self._waiting.append(attempted)
        self._is_empty.clear()
        self._has_some.set()
        if len(self._waiting) >= ENOUGH:
            self._is_due.set()

    @property
    def is_behind(self) -> bool:
        """Whether so many results wait that no attempt should be made before they are stored."""
        return len(self._waiting) >= MOST

    def release(self, delivery: ClaimedDelivery) -> None:
        """Takes a delivery that was not attempted; it is given back soon."""
        self._not_attempted.append(delivery.id)
        self._is_empty.clear()
        self._has_some.set()

    async def flush(self) -> None:
        """Waits until everything that was taken is stored."""
        self._is_due.set()
        await self._is_empty.wait()

    async def run(self) -> None:
        """Stores results until cancelled; a batch is tried again until it is stored."""
        while True:
            await self._has_some.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_due.wait(), BATCH_SECONDS)
            self._is_due.clear()
            batch, released = self._waiting[:AT_ONCE], self._not_attempted[:AT_ONCE]
            await self._store_until_done(batch, released)
            count_attempts(batch)
            del self._waiting[: len(batch)], self._not_attempted[: len(released)]
            if not self._waiting and not self._not_attempted:
                self._has_some.clear()
                self._is_empty.set()

    async def _store_until_done(self, batch: list[Attempted], released: list[UUID]) -> None:
        pause = 0.1
        while True:
            try:
                async with self._database.transaction() as session:
                    if batch:
                        await store_results(session, batch, self._schedule)
                    if released:
                        await release(session, released)
                return
            except Exception as error:
                logger.warning("attempts not stored yet", attempts=len(batch), error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


async def store_results(session: Session, batch: Sequence[Attempted], schedule: Sequence[float]) -> None:
    """Stores attempts, what they make of their deliveries, and how the endpoints are doing: one statement."""
    moment = now()
    columns = (
        _columns(_DELIVERY, [_delivery_row(one, schedule) for one in batch])
        | _columns(_ATTEMPT, [_attempt_row(one) for one in batch])
        | _columns(_ENDPOINT, list(_failing_since(batch).items()))
    )
    await session.execute(_STORE, columns | {"now": moment, "recently": moment - timedelta(seconds=10)})
    for subscription_id in sorted({one.subscription_id for one in batch if one.result.is_gone}):
        await _pause(session, subscription_id)


def count_attempts(batch: Sequence[Attempted]) -> None:
    """Counts what was stored."""
    metrics.count([one.result for one in batch])
    for one in batch:
        if one.result.is_success and one.delivery.attempts == 0:
            metrics.HANDED_OVER.observe(max((one.result.ended_at - one.delivery.recorded_at).total_seconds(), 0))


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))


_DELIVERY = ("deliveries", "statuses", "numbers", "retries", "next_at", "delivered_at")


def _delivery_row(one: Attempted, schedule: Sequence[float]) -> Sequence[Any]:
    delivery, number = one.delivery, one.delivery.attempts + 1
    if one.result.is_success:
        return delivery.id, _DELIVERED, number, delivery.retries, None, one.result.ended_at
    seconds = seconds_before_retry(schedule, delivery.retries, one.result.retry_after)
    if seconds is None:
        return delivery.id, _FAILED, number, delivery.retries, None, None
    return delivery.id, _PENDING, number, delivery.retries + 1, now() + timedelta(seconds=seconds), None


_ATTEMPT = ("attempts", "at", "milliseconds", "status_codes", "errors", "answers")
"""In the order of the deliveries."""


def _attempt_row(one: Attempted) -> Sequence[Any]:
    attempt_id, result = new_id(), one.result
    answer = encrypt(ANSWER, str(attempt_id), result.answer) if result.answer else None
    return attempt_id, result.at, result.milliseconds, result.status_code, result.error, answer


_ENDPOINT = ("subscriptions", "failing_since")


def _failing_since(batch: Sequence[Attempted]) -> dict[UUID, datetime | None]:
    """The first failed attempt to each endpoint; None where one succeeded."""
    found: dict[UUID, datetime | None] = {}
    for one in batch:
        known = found.get(one.subscription_id, one.result.at)
        found[one.subscription_id] = None if one.result.is_success or known is None else min(known, one.result.at)
    return found


async def _pause(session: Session, subscription_id: UUID) -> None:
    """The endpoint answered 410: its owner activates the subscription again."""
    subscription = await session.get(Subscription, subscription_id, with_for_update=True)
    if subscription is not None and subscription.is_active:
        subscription.status, subscription.status_reason = SubscriptionStatus.PAUSED.value, "gone"
        subscription.touch()
        add_act(session, subscription, PLATFORM, "subscription.paused", "the endpoint answered 410")


_DELIVERED, _FAILED, _PENDING = (
    DeliveryStatus.DELIVERED.value,
    DeliveryStatus.FAILED.value,
    DeliveryStatus.PENDING.value,
)
_STORE = text(
    "WITH new AS (SELECT * FROM unnest(cast(:deliveries AS uuid[]), cast(:statuses AS text[]), cast(:numbers AS int[]),"
    " cast(:retries AS int[]), cast(:next_at AS timestamptz[]), cast(:delivered_at AS timestamptz[]),"
    " cast(:attempts AS uuid[]), cast(:at AS timestamptz[]), cast(:milliseconds AS int[]), cast(:status_codes AS int[]),"
    " cast(:errors AS text[]), cast(:answers AS bytea[])) AS new (delivery_id, status, number, retries, next_at,"
    " delivered_at, id, at, milliseconds, status_code, error, answer)),"
    " attempted AS (UPDATE delivery SET status = new.status, attempts = greatest(delivery.attempts, new.number),"
    " retries = new.retries, next_attempt_at = new.next_at, delivered_at = new.delivered_at, claimed_until = NULL,"
    " is_forced = false FROM new"
    f" WHERE delivery.id = new.delivery_id AND delivery.status <> '{_DELIVERED}'),"
    " recorded AS (INSERT INTO delivery_attempt (id, delivery_id, number, at, milliseconds, status_code, error, answer)"
    " SELECT new.id, delivery_id, number, at, milliseconds, status_code, error, answer FROM new"
    " JOIN delivery ON delivery.id = new.delivery_id)"  # its event may have expired meanwhile
    " UPDATE subscription SET failing_since = found.since, warned = CASE WHEN found.since IS NOT NULL THEN warned END,"
    " last_success_at = CASE WHEN found.since IS NULL THEN :now ELSE last_success_at END"
    " FROM (SELECT s.id, given.since FROM unnest(cast(:subscriptions AS uuid[]), cast(:failing_since AS timestamptz[]))"
    " AS given (id, since) JOIN subscription s ON s.id = given.id"
    " WHERE CASE WHEN given.since IS NOT NULL THEN s.failing_since IS NULL"
    " ELSE s.failing_since IS NOT NULL OR s.last_success_at IS NULL OR s.last_success_at < :recently END"
    " ORDER BY s.id FOR NO KEY UPDATE OF s) AS found"  # in one order, so that two senders do not wait for each other
    " WHERE subscription.id = found.id"
)
