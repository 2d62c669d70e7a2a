"""Stores the results of attempts: many in one transaction, until the database has them."""

import asyncio
from collections import defaultdict
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
BATCH_SECONDS = 0.05
"""A transaction costs more than the rows in it, so results are gathered for a moment. No attempt waits for it, and a sender
that is killed repeats what it had not stored, with the same ids."""
LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Attempted:
    """An attempt that was made and is not stored yet."""

    subscription_id: UUID
    delivery: ClaimedDelivery
    result: AttemptResult


class Recorder:
    """Collects results and stores them; while the database is away they wait in memory, and nothing new is claimed."""

    def __init__(self, database: Database, schedule: Sequence[float]) -> None:
        self._database, self._schedule = database, schedule
        self._waiting: list[Attempted] = []
        self._has_some = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def add(self, attempted: Attempted) -> None:
        """Takes a result; it is stored soon."""
        self._waiting.append(attempted)
        self._is_empty.clear()
        self._has_some.set()

    async def flush(self) -> None:
        """Waits until everything that was taken is stored."""
        await self._is_empty.wait()

    async def run(self) -> None:
        """Stores results until cancelled; a batch is tried again until it is stored."""
        while True:
            await self._has_some.wait()
            await asyncio.sleep(BATCH_SECONDS)
            batch = self._waiting[:AT_ONCE]
            await self._store_until_done(batch)
            del self._waiting[: len(batch)]
            if not self._waiting:
                self._has_some.clear()
                self._is_empty.set()

    async def _store_until_done(self, batch: list[Attempted]) -> None:
        pause = 0.1
        while True:
            try:
                async with self._database.transaction() as session:
                    await store_results(session, batch, self._schedule)
                return
            except Exception as error:
                logger.warning("attempts not stored yet", attempts=len(batch), error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def release(self, ids: list[UUID]) -> None:
        """Gives deliveries back that were not attempted; when that fails, their lease ends by itself."""
        with suppress(Exception):
            async with self._database.transaction() as session:
                await release(session, ids)


async def store_results(session: Session, batch: Sequence[Attempted], schedule: Sequence[float]) -> None:
    """Stores attempts, what they make of their deliveries, and how the endpoints are doing."""
    await session.execute(_UPDATE, _columns([_delivery_row(one, schedule) for one in batch]))
    await session.execute(_INSERT, _columns([_attempt_row(one) for one in batch]))
    by_subscription: dict[UUID, list[AttemptResult]] = defaultdict(list)
    for one in batch:
        by_subscription[one.subscription_id].append(one.result)
        metrics.count(one.result)
        if one.result.is_success and one.delivery.attempts == 0:
            metrics.HANDED_OVER.observe(max((now() - one.delivery.recorded_at).total_seconds(), 0))
    for subscription_id in sorted(by_subscription):
        await _store_health(session, subscription_id, by_subscription[subscription_id])


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _delivery_row(one: Attempted, schedule: Sequence[float]) -> dict[str, Any]:
    status, next_at, delivered_at = DeliveryStatus.DELIVERED, None, None
    if one.result.is_success:
        delivered_at = now()
    else:
        seconds = seconds_before_retry(schedule, one.delivery.retries, one.result.retry_after)
        status = DeliveryStatus.FAILED if seconds is None else DeliveryStatus.PENDING
        next_at = None if seconds is None else now() + timedelta(seconds=seconds)
    return {
        "ids": one.delivery.id,
        "statuses": status.value,
        "attempts": one.delivery.attempts + 1,
        "retries": one.delivery.retries + (status is DeliveryStatus.PENDING),
        "next_at": next_at,
        "delivered_at": delivered_at,
    }


def _attempt_row(one: Attempted) -> dict[str, Any]:
    attempt_id, answer = new_id(), one.result.answer
    return {
        "ids": attempt_id,
        "deliveries": one.delivery.id,
        "numbers": one.delivery.attempts + 1,
        "at": one.result.at,
        "milliseconds": one.result.milliseconds,
        "status_codes": one.result.status_code,
        "errors": one.result.error,
        "answers": encrypt(ANSWER, str(attempt_id), answer) if answer else None,
    }


async def _store_health(session: Session, subscription_id: UUID, results: Sequence[AttemptResult]) -> None:
    values: dict[str, Any] = {"id": subscription_id, "recently": now() - timedelta(seconds=10), "now": now()}
    if any(result.is_success for result in results):
        await session.execute(_SUCCEEDED, values)
        return
    first: datetime = min(result.at for result in results)
    await session.execute(_FAILED, {"id": subscription_id, "first": first})
    if any(result.is_gone for result in results):
        await _pause(session, subscription_id)


async def _pause(session: Session, subscription_id: UUID) -> None:
    """The endpoint answered 410: its owner activates the subscription again."""
    subscription = await session.get(Subscription, subscription_id, with_for_update=True)
    if subscription is not None and subscription.is_active:
        subscription.status, subscription.status_reason = SubscriptionStatus.PAUSED.value, "gone"
        subscription.touch()
        add_act(session, subscription, PLATFORM, "subscription.paused", "the endpoint answered 410")


_UPDATE = text(
    "UPDATE delivery SET status = new.status, attempts = greatest(delivery.attempts, new.attempts), retries = new.retries,"
    " next_attempt_at = new.next_at, delivered_at = new.delivered_at, claimed_until = NULL, is_forced = false"
    " FROM unnest(cast(:ids AS uuid[]), cast(:statuses AS text[]), cast(:attempts AS int[]), cast(:retries AS int[]),"
    " cast(:next_at AS timestamptz[]), cast(:delivered_at AS timestamptz[]))"
    " AS new (id, status, attempts, retries, next_at, delivered_at)"
    f" WHERE delivery.id = new.id AND delivery.status <> '{DeliveryStatus.DELIVERED}'"
)
_INSERT = text(
    "INSERT INTO delivery_attempt (id, delivery_id, number, at, milliseconds, status_code, error, answer)"
    " SELECT new.* FROM unnest(cast(:ids AS uuid[]), cast(:deliveries AS uuid[]), cast(:numbers AS int[]),"
    " cast(:at AS timestamptz[]), cast(:milliseconds AS int[]), cast(:status_codes AS int[]), cast(:errors AS text[]),"
    " cast(:answers AS bytea[])) AS new (id, delivery_id, number, at, milliseconds, status_code, error, answer)"
    " JOIN delivery ON delivery.id = new.delivery_id"  # its event may have expired meanwhile
)
_SUCCEEDED = text(
    "UPDATE subscription SET failing_since = NULL, warned = NULL, last_success_at = :now WHERE id = :id"
    " AND (failing_since IS NOT NULL OR last_success_at IS NULL OR last_success_at < :recently)"
)
_FAILED = text("UPDATE subscription SET failing_since = :first WHERE id = :id AND failing_since IS NULL")
