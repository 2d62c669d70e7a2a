"""The webhook batch writer makes verified messages durable: concurrent requests share one commit, and 202 follows it.

A bounded queue and one committer. While one batch commits, the next one fills, so the cost of a commit is shared by all
requests that came meanwhile. A failed batch is retried row by row: one bad row must not refuse its neighbours.
"""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.storage.database import Database, Session
from chassis.storage.session import OutboxRecord
from contracts.gateway import PartnerEventReceived

BATCH = 200
SECONDS_TO_COMMIT = 8.0
UNREACHABLE = (
    TimeoutError,
    OSError,
    OperationalError,
    InterfaceError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
)
WAITING = Gauge("bakhong_mailbox_letters", "Webhooks that wait for their commit")
CAPACITY = Gauge("bakhong_mailbox_capacity", "Webhooks that may wait; more get 503")


class WriteOutcome(Enum):
    """The result of writing a message."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class QueueFull(Exception):
    """The queue is full; the message was not written."""


class PersistFailed(Exception):
    """The database did not commit the message; it was not written."""


@dataclass(slots=True)
class PendingDelivery:
    """A verified message that waits for its commit. `encrypted` is bound to `id`; `event` None needs no action."""

    partner_id: str
    webhook_id: str
    event: str | None
    occurred_at: datetime
    received_at: datetime
    body_hash: bytes
    subject_key: str
    encrypted: bytes
    traceparent: str
    licences: list[str] = field(default_factory=list)
    unit_codes: list[str] = field(default_factory=list)
    id: UUID = field(default_factory=new_id)

    @property
    def key(self) -> tuple[str, str]:
        return self.partner_id, self.webhook_id

    def received_event(self, attempt: int = 1) -> PartnerEventReceived:
        assert self.event is not None
        return PartnerEventReceived(
            subject_key=self.subject_key,
            delivery_id=self.id,
            partner_id=self.partner_id,
            webhook_id=self.webhook_id,
            event=self.event,
            occurred_at=self.occurred_at,
            received_at=self.received_at,
            sealed=base64.b64encode(self.encrypted).decode(),
            licences=self.licences,
            unit_codes=self.unit_codes,
            attempt=attempt,
        )


Waiting = tuple[PendingDelivery, "asyncio.Future[WriteOutcome]"]


class WebhookBatchWriter:
    """`write` queues deliveries; `run` commits them until cancelled."""

    def __init__(self, database: Database, *, capacity: int = 2_000) -> None:
        self._database = database
        self._capacity = capacity
        self._waiting: list[Waiting] = []
        self._taken = 0
        self._arrived = asyncio.Event()
        CAPACITY.set(capacity)
        WAITING.set_function(lambda: len(self._waiting) + self._taken)

    async def write(self, pending: PendingDelivery) -> WriteOutcome:
        """Return when the delivery is durable; raises QueueFull or PersistFailed."""
        if len(self._waiting) + self._taken >= self._capacity:
            raise QueueFull
        outcome: asyncio.Future[WriteOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((pending, outcome))
        self._arrived.set()
        return await outcome

    async def run(self) -> None:
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting:
                self._arrived.clear()
            self._taken = len(batch)
            try:
                await self._commit(batch)
            finally:
                self._taken = 0
                for _, outcome in batch:
                    if not outcome.done():
                        outcome.set_exception(PersistFailed())

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            await self._write_in_time(batch)
        except Exception as error:
            logger.warning("webhook batch failed", error=type(error).__name__, deliveries=len(batch))
            # One bad row is found by writing each alone; an unreachable database would only be waited for again.
            for waiting in batch if len(batch) > 1 and not isinstance(error, UNREACHABLE) else ():
                if not waiting[1].done():
                    await self._write_alone(waiting)

    async def _write_alone(self, waiting: Waiting) -> None:
        try:
            await self._write_in_time([waiting])
        except Exception as error:
            logger.error("webhook delivery not written", error=type(error).__name__, delivery=str(waiting[0].id))

    async def _write_in_time(self, batch: list[Waiting]) -> None:
        """TimeoutError when the database does not respond: the partner gets 503 and retries with the same id.

        The rows may become durable later; the retry is then a duplicate. The cancelled write is not awaited: the driver
        needs as long again to close a dead connection.
        """
        writing = asyncio.ensure_future(self._write(batch))
        done, _ = await asyncio.wait({writing}, timeout=SECONDS_TO_COMMIT)
        if not done:
            writing.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            writing.cancel()
            raise TimeoutError
        writing.result()

    async def _write(self, batch: list[Waiting]) -> None:
        # Sorted by key: two gateways that write the same keys take their locks in one order.
        deliveries = sorted((pending for pending, _ in batch), key=lambda pending: pending.key)
        accepted = await insert_new(self._database, deliveries)
        _resolve(batch, dict.fromkeys(accepted, WriteOutcome.ACCEPTED))
        if len(accepted) < len(deliveries):
            repeated = [pending for pending in deliveries if pending.id not in accepted]
            async with self._database.transaction() as session:
                outcomes = await write_deliveries(session, repeated)
            _resolve(batch, outcomes)


def _resolve(batch: list[Waiting], outcomes: Mapping[UUID, WriteOutcome]) -> None:
    for pending, waiting in batch:
        if pending.id in outcomes and not waiting.done():
            waiting.set_result(outcomes[pending.id])


async def insert_new(database: Database, deliveries: Sequence[PendingDelivery]) -> set[UUID]:
    """Inserts new deliveries and their events in one statement, which is its own transaction; returns the new ids."""
    first: dict[tuple[str, str], PendingDelivery] = {}
    for pending in deliveries:
        first.setdefault(pending.key, pending)
    rows = [_row(pending) + _event_row(pending) for pending in first.values()]
    event = PartnerEventReceived
    kept = await database.fetch(_INSERT_NEW, event.topic, event.type, *zip(*rows, strict=True))
    if kept:
        database.on_published()
    return {row["id"] for row in kept}


def _row(pending: PendingDelivery) -> tuple[Any, ...]:
    return (
        pending.id, pending.partner_id, pending.webhook_id, pending.event, pending.occurred_at, pending.received_at,
        pending.body_hash, pending.encrypted, pending.subject_key,
    )  # fmt: skip


def _event_row(pending: PendingDelivery) -> tuple[Any, ...]:
    """Id, value and headers of the event, whose key and time are those of the delivery."""
    if pending.event is None:
        return NO_EVENT
    headers = json.dumps({"traceparent": pending.traceparent})
    return new_id(), pending.received_event().model_dump_json(), headers


NO_EVENT = (None,) * 3


async def write_deliveries(session: Session, deliveries: Sequence[PendingDelivery]) -> dict[UUID, WriteOutcome]:
    """Inserts new deliveries with their events; returns the outcome of each delivery by id."""
    first: dict[tuple[str, str], PendingDelivery] = {}
    for pending in deliveries:
        first.setdefault(pending.key, pending)
    inserted = set((await session.execute(_INSERT, _columns(list(first.values())))).scalars())
    session.outbox_records += [
        _outbox_record(pending) for pending in first.values() if pending.id in inserted and pending.event
    ]
    known = await _known(session, [pending for pending in deliveries if pending.id not in inserted])
    outcomes = {pending.id: _write_outcome(pending, inserted, known) for pending in deliveries}
    await _count_repeats(session, deliveries, outcomes, known)
    return outcomes


def _write_outcome(pending: PendingDelivery, inserted: set[UUID], known: dict[tuple[str, str], Any]) -> WriteOutcome:
    if pending.id in inserted:
        return WriteOutcome.ACCEPTED
    return WriteOutcome.DUPLICATE if known[pending.key].body_hash == pending.body_hash else WriteOutcome.CONFLICT


async def _known(session: Session, deliveries: list[PendingDelivery]) -> dict[tuple[str, str], Any]:
    if not deliveries:
        return {}
    rows = await session.execute(
        _FIND,
        {"partner_id": [one.partner_id for one in deliveries], "webhook_id": [one.webhook_id for one in deliveries]},
    )
    return {(row.partner_id, row.webhook_id): row for row in rows}


async def _count_repeats(
    session: Session,
    deliveries: Sequence[PendingDelivery],
    outcomes: dict[UUID, WriteOutcome],
    known: dict[tuple[str, str], Any],
) -> None:
    repeated = [known[one.key].id for one in deliveries if outcomes[one.id] is WriteOutcome.DUPLICATE]
    if repeated:
        await session.execute(_COUNT_REPEATS, {"ids": repeated})
    conflicting = [one for one in deliveries if outcomes[one.id] is WriteOutcome.CONFLICT]
    if conflicting:
        await session.execute(_INSERT_CONFLICTS, _conflict_columns(conflicting, known))


def _outbox_record(pending: PendingDelivery) -> OutboxRecord:
    event = pending.received_event()
    return OutboxRecord(
        event.topic, event.key, event.type, event.model_dump_json(), headers={"traceparent": pending.traceparent}
    )


def _columns(deliveries: list[PendingDelivery]) -> dict[str, list[Any]]:
    return {
        "id": [one.id for one in deliveries],
        "partner_id": [one.partner_id for one in deliveries],
        "webhook_id": [one.webhook_id for one in deliveries],
        "event": [one.event for one in deliveries],
        "occurred_at": [one.occurred_at for one in deliveries],
        "received_at": [one.received_at for one in deliveries],
        "body_hash": [one.body_hash for one in deliveries],
        "body": [one.encrypted for one in deliveries],
        "subject_key": [one.subject_key for one in deliveries],
    }


def _conflict_columns(deliveries: list[PendingDelivery], known: dict[tuple[str, str], Any]) -> dict[str, list[Any]]:
    return {
        "id": [one.id for one in deliveries],
        "delivery_id": [known[one.key].id for one in deliveries],
        "body_hash": [one.body_hash for one in deliveries],
        "body": [one.encrypted for one in deliveries],
        "received_at": [one.received_at for one in deliveries],
    }


_INSERT_DELIVERIES = """
INSERT INTO delivery (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
                      status, attempt, repeats, conflicts)
SELECT id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
       CASE WHEN event IS NULL THEN 'ignored' ELSE 'accepted' END, 1, 0, 0
FROM {} ON CONFLICT (partner_id, webhook_id) DO NOTHING RETURNING id
"""
_INSERT = text(
    _INSERT_DELIVERIES.format(
        "unnest(cast(:id AS uuid[]), cast(:partner_id AS text[]), cast(:webhook_id AS text[]), cast(:event AS text[]),"
        " cast(:occurred_at AS timestamptz[]), cast(:received_at AS timestamptz[]), cast(:body_hash AS bytea[]),"
        " cast(:body AS bytea[]), cast(:subject_key AS text[]))"
        " AS pending (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key)"
    )
)
_INSERT_NEW = f"""
WITH pending AS (
    SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
                         $9::bytea[], $10::bytea[], $11::text[], $12::uuid[], $13::text[], $14::text[]) WITH ORDINALITY
         AS pending (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
                    event_id, value, headers, number)
),
kept AS ({_INSERT_DELIVERIES.format("pending")}),
published AS (
    INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)
    SELECT event_id, $1::text, subject_key, $2::text, value, headers, received_at
    FROM pending JOIN kept USING (id) WHERE event IS NOT NULL ORDER BY number
)
SELECT id FROM kept
"""
_FIND = text(
    "SELECT delivery.id, delivery.partner_id, delivery.webhook_id, delivery.body_hash FROM delivery"
    " JOIN (SELECT DISTINCT * FROM unnest(cast(:partner_id AS text[]), cast(:webhook_id AS text[])))"
    " AS wanted (partner_id, webhook_id) USING (partner_id, webhook_id)"
)
_COUNT_REPEATS = text(
    "UPDATE delivery SET repeats = repeats + counted.times"
    " FROM (SELECT id, count(*) AS times FROM unnest(cast(:ids AS uuid[])) AS id GROUP BY id) AS counted"
    " WHERE delivery.id = counted.id"
)
_INSERT_CONFLICTS = text(
    "WITH kept AS (INSERT INTO delivery_conflict (id, delivery_id, body_hash, body, received_at)"
    " SELECT * FROM unnest(cast(:id AS uuid[]), cast(:delivery_id AS uuid[]), cast(:body_hash AS bytea[]),"
    " cast(:body AS bytea[]), cast(:received_at AS timestamptz[]))"
    " ON CONFLICT (delivery_id, body_hash) DO NOTHING RETURNING delivery_id)"
    " UPDATE delivery SET conflicts = conflicts + counted.times"
    " FROM (SELECT delivery_id, count(*) AS times FROM kept GROUP BY delivery_id) AS counted"
    " WHERE delivery.id = counted.delivery_id"
)
