"""From the bus to the handlers: position beside the effect, in one transaction.

Each service keeps the next offset of every partition in its own database and advances it by compare-and-set in the
transaction of the effect; a member that was replaced loses the compare and writes nothing. The inbox drops what a relay
published twice. A batch shares a transaction; when it fails, its events are tried one by one. An event that can never be
applied becomes a dead letter in the transaction of its position, and later events of its key wait behind it.
"""

import asyncio
import json
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.clock import now
from chassis.errors import DeadLetterStays
from chassis.ids import new_id
from chassis.messaging.bus.port import Bus, Fetched, GroupMember, TopicPartition
from chassis.messaging.consumer_state import (
    advance,
    blocked_keys,
    count_open_dead_letters,
    open_dead_letters,
    open_dead_letters_with,
    remember,
    stored_positions,
)
from chassis.observability import metrics
from chassis.observability.log import bound_contextvars, logger
from chassis.observability.tracing import TRACING
from chassis.storage.database import Database, Session, is_transient_fault
from chassis.storage.locks import lock_name
from chassis.storage.session import OutboxRecord
from chassis.storage.tables import DeadLetter
from contracts.event import Event
from contracts.topics import DLQ_SUFFIX

EventHandler = Callable[[Session, Any], Awaitable[None]]
EventHandlers = Mapping[type[Event], EventHandler]


def batch_handler(handler: Callable[[Session, Sequence[Any]], Awaitable[None]]) -> EventHandler:
    """Marks a handler that takes many events at once: `handler(session, events)`.

    It gets consecutive events of the types that it handles, in their order; a single event comes as a list of one. Use it
    where one statement for many events costs little more than one for a single event.
    """
    handler.is_batch_handler = True  # type: ignore[attr-defined]  # read by the consumer
    return handler


BATCH = 1000
BACKOFF_SECONDS = 0.5
TRANSIENT = (OperationalError, InterfaceError, PoolTimeout, ConnectionError, TimeoutError, asyncpg.InterfaceError)


def is_batch_handler(handler: EventHandler) -> bool:
    """Whether a handler was marked by `batch_handler`."""
    return getattr(handler, "is_batch_handler", False)


class Fenced(Exception):
    """Another member has applied events of a partition that was this member's: begin again from the stored position."""


class TooManyDeadLetters(Exception):
    """Something is wrong with this code, not with single events: stop before everything is set aside."""


class Transient(Exception):
    """Raised by a handler for a transient fault: the partition pauses and the event is retried."""


@dataclass(frozen=True)
class ReceivedEvent:
    """A record with its parsed CloudEvents headers."""

    record: Fetched
    id: UUID
    type: str
    occurred_at: datetime

    @classmethod
    def read(cls, record: Fetched) -> "ReceivedEvent":
        headers = record.headers
        return cls(record, UUID(headers["ce_id"]), headers["ce_type"], datetime.fromisoformat(headers["ce_time"]))


class Consumer:
    """Applies what the bus brings to one service's database, until cancelled."""

    def __init__(
        self, service: str, database: Database, bus: Bus, handlers: EventHandlers, *, dead_letter_limit: int = 1000
    ) -> None:
        self._service = service
        self._database = database
        self._bus = bus
        self._handlers = {event.type: (event, handler) for event, handler in handlers.items()}
        self._topics = sorted({event.topic for event in handlers})
        self._limit = dead_letter_limit
        self.is_assigned = False

    async def run(self) -> None:
        """Polls and applies; starts over after a fault of the bus or the database."""
        while True:
            try:
                async with self._bus.subscribe(self._service, self._topics, self._positions) as subscription:
                    while True:
                        records = await subscription.poll(limit=BATCH)
                        self.is_assigned = bool(subscription.assigned())
                        if records:
                            await self.apply(records, subscription)
                        metrics.CONSUMER_LAG.labels(self._service).set(await subscription.lag())
                        metrics.CONSUMER_POLLED.labels(self._service).set_to_current_time()
            except TooManyDeadLetters:
                logger.error("consumer stopped: too many dead letters", limit=self._limit)
                await asyncio.sleep(60)
            except Exception as error:
                logger.warning("consumer interrupted", error=type(error).__name__, exc_info=not _is_transient(error))
            self.is_assigned = False
            await asyncio.sleep(BACKOFF_SECONDS)

    async def apply(self, records: Sequence[Fetched], subscription: GroupMember) -> None:
        """Applies a batch, in one transaction if it can be, and never leaves it half applied."""
        waited = BACKOFF_SECONDS
        while True:
            try:
                await self._apply_batch(records)
                return
            except Fenced:
                await self._rewind(records, subscription)
                return
            except TooManyDeadLetters:
                raise
            except Exception as error:
                if not _is_transient(error):
                    await self._apply_one_by_one(records, subscription)
                    return
                logger.warning("batch postponed", error=type(error).__name__, seconds=waited)
                await asyncio.sleep(waited)
                waited = min(waited * 2, 10)

    async def replay(self, dead_letter_id: UUID) -> int | None:
        """Applies a dead letter and the events that wait behind it, in order, in one transaction; returns their number.

        None: there is no such dead letter. Raises DeadLetterStays with the reason where one of them fails again; then
        nothing else changes.
        """
        try:
            async with self._database.transaction() as session:
                waiting = await open_dead_letters_with(session, dead_letter_id)
                for dead_letter in waiting:
                    await self._replay_one(session, dead_letter)
                    dead_letter.state, dead_letter.replayed_at = "replayed", now()
                    await remember(session, [dead_letter.event_id])
        except DeadLetterStays as stays:
            async with self._database.transaction() as session:
                refused = await session.get_one(DeadLetter, UUID(stays.members["id"]))
                refused.state, refused.reason = "dead", stays.members["reason"]
            raise
        return len(waiting) or None

    async def discard(self, dead_letter_id: UUID) -> int | None:
        """Discards a dead letter and replays the events that wait behind it; returns their number, None without such a letter.

        Should one of those not be applicable either, it becomes the dead letter, and the others stay behind it.
        """
        async with self._database.transaction() as session:
            dead_letters = {
                dead_letter.id: dead_letter for dead_letter in await open_dead_letters_with(session, dead_letter_id)
            }
            if not dead_letters:
                return None
            chosen = dead_letters.pop(dead_letter_id)
            if chosen.state != "dead":
                raise _stays(chosen, chosen.reason)
            chosen.state, chosen.replayed_at = "discarded", now()
        try:
            return (await self.replay(min(dead_letters)) or 0) if dead_letters else 0
        except DeadLetterStays:
            return 0

    async def _replay_one(self, session: Session, dead_letter: DeadLetter) -> None:
        if dead_letter.type not in self._handlers:
            raise _stays(dead_letter, f"no handler for {dead_letter.type}")
        try:
            await self._handle(session, [(dead_letter.type, dead_letter.value.encode())])
        except Exception as error:
            if _is_transient(error):
                raise
            raise _stays(dead_letter, _reason(error)) from error

    async def _apply_batch(self, records: Sequence[Fetched]) -> None:
        async with self._database.transaction() as session:
            if events := [event for event in map(self._subscribed, records) if event]:
                fresh = await remember(session, [event.id for event in events])
                blocked = await blocked_keys(session, {event.record.topic for event in events})
                await self._handle_in_order(session, events, fresh, blocked)
            await self._advance(session, records)
        for topic, count in Counter(record.topic for record in records).items():
            metrics.CONSUMED.labels(self._service, topic).inc(count)

    def _subscribed(self, record: Fetched) -> ReceivedEvent | None:
        """The event of a record; None for a type without a handler, of which only the position is stored."""
        if record.headers.get("ce_type", "") not in self._handlers:
            return None
        return _read_or_none(record)

    async def _handle_in_order(
        self, session: Session, events: Sequence[ReceivedEvent], fresh: set[UUID], blocked: set[tuple[str, str]]
    ) -> None:
        run: list[ReceivedEvent] = []
        for event in events:
            if event.id not in fresh:
                continue
            fresh.discard(event.id)  # a batch may contain the same event twice
            is_blocked = (event.record.topic, event.record.key) in blocked
            if run and (is_blocked or not self._share_batch(run[-1], event)):
                await self._handle_run(session, run)
                run = []
            if is_blocked:
                await self._store_dead_letter(
                    session, event, "waiting", "an earlier event of this key is a dead letter"
                )
            else:
                run.append(event)
        if run:
            await self._handle_run(session, run)

    def _share_batch(self, one: ReceivedEvent, other: ReceivedEvent) -> bool:
        first, second = self._handlers.get(one.type), self._handlers.get(other.type)
        return first is not None and second is not None and first[1] is second[1] and is_batch_handler(first[1])

    async def _apply_one_by_one(self, records: Sequence[Fetched], subscription: GroupMember) -> None:
        for index, record in enumerate(records):
            try:
                await self._apply_batch([record])
            except Fenced:
                await self._rewind(records[index:], subscription)
                return
            except Exception as error:
                if _is_transient(error):
                    await self.apply([record], subscription)
                else:
                    await self._move_to_dead_letters(record, error)

    async def _move_to_dead_letters(self, record: Fetched, error: Exception) -> None:
        logger.error(
            "event set aside",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=_reason(error),
        )
        async with self._database.transaction() as session:
            await self._check_limit(session)
            event = ReceivedEvent.read(record)
            if event.id in await remember(session, [event.id]):
                await self._store_dead_letter(session, event, "dead", _reason(error))
            await self._advance(session, [record])

    async def _store_dead_letter(self, session: Session, event: ReceivedEvent, state: str, reason: str) -> None:
        record = event.record
        if state == "waiting":
            # A replay of the key may be finishing: check again under its lock.
            await lock_name(session, record.topic, record.key)
            if not await open_dead_letters(session, record.topic, record.key):
                await self._handle_run(session, [event])
                return
        value = record.value.decode(errors="replace")
        session.add(
            DeadLetter(
                id=new_id(), topic=record.topic, partition=record.partition, offset=record.offset, key=record.key,
                type=event.type, event_id=event.id, value=value, headers=json.dumps(record.headers),
                occurred_at=event.occurred_at, state=state, reason=reason, died_at=now(),
            )
        )  # fmt: skip
        headers = {"dlq_service": self._service, "dlq_reason": reason, "dlq_offset": str(record.offset)}
        session.outbox_records.append(
            OutboxRecord(record.topic + DLQ_SUFFIX, record.key, event.type, value, headers=headers)
        )

    async def _handle_run(self, session: Session, run: Sequence[ReceivedEvent]) -> None:
        """Handles the events of one call, usually one; the trace of the first is used for all."""
        parent = run[0].record.headers.get("traceparent")
        records = [(event.type, event.record.value) for event in run]
        if not TRACING.is_enabled or run[0].type not in self._handlers:
            with _bound(run[0], parent):
                await self._handle(session, records)
            return
        others = [event.record.headers.get("traceparent", "") for event in run[1:]]
        name = f"handle {run[0].type}"
        with (
            TRACING.span(name, "CONSUMER", parent=parent, attributes=_about(run), links=others) as span,
            _bound(run[0], span.traceparent),
        ):
            await self._handle(session, records)

    async def _handle(self, session: Session, records: Sequence[tuple[str, bytes]]) -> None:
        found = self._handlers.get(records[0][0])
        if found is None:
            return
        events = [self._handlers[type_][0].model_validate_json(value) for type_, value in records]
        handler: Any = found[1]
        if is_batch_handler(handler):
            await handler(session, events)
            return
        for event in events:
            await handler(session, event)

    async def _positions(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        async with self._database.reading() as session:
            known = await stored_positions(session, self._bus.id, self._topics)
        return {place: known[place] for place in places if place in known}

    async def _advance(self, session: Session, records: Sequence[Fetched]) -> None:
        if not await advance(session, self._bus.id, records):
            raise Fenced

    async def _rewind(self, records: Sequence[Fetched], subscription: GroupMember) -> None:
        places = sorted({TopicPartition(record.topic, record.partition) for record in records})
        logger.info("partition begins again from its stored position", partitions=len(places))
        await subscription.rewind(dict.fromkeys(places, 0) | await self._positions(places))

    async def _check_limit(self, session: Session) -> None:
        count = await count_open_dead_letters(session, self._limit + 1)
        metrics.DEAD_LETTERS.labels(self._service).set(count)
        if count >= self._limit:
            raise TooManyDeadLetters


def _bound(event: ReceivedEvent, traceparent: str | None) -> AbstractContextManager[None]:
    trace = {"traceparent": traceparent} if traceparent else {}
    return bound_contextvars(event_id=str(event.id), **trace)


def _about(run: Sequence[ReceivedEvent]) -> dict[str, str | int]:
    return {
        "messaging.destination.name": run[0].record.topic,
        "messaging.batch.message_count": len(run),
        "messaging.operation.type": "process",
    }


def _stays(dead_letter: DeadLetter, reason: str) -> DeadLetterStays:
    return DeadLetterStays(members={"id": str(dead_letter.id), "reason": reason})


def _read_or_none(record: Fetched) -> ReceivedEvent | None:
    """A record that is not one of our events (no CloudEvents headers) has no handler."""
    try:
        return ReceivedEvent.read(record)
    except (KeyError, ValueError):
        logger.warning("not an event", topic=record.topic, partition=record.partition, offset=record.offset)
        return None


def _is_transient(error: Exception) -> bool:
    return is_transient_fault(error) or isinstance(error, (*TRANSIENT, Transient))


def _reason(error: Exception) -> str:
    """The exception's class and place, without its message, which may quote personal data."""
    if isinstance(error, ValidationError):
        fields = ", ".join(sorted({".".join(map(str, wrong["loc"])) for wrong in error.errors()}))
        return f"{error.title} does not parse: {fields}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}"
