"""Where verified messages become durable: concurrent requests share one commit, and nobody hears 202 before it.

A bounded queue and one committer. While one batch commits, the next gathers, so the cost of a commit is shared by as
many requests as came meanwhile. A batch that fails is tried letter by letter: one bad row must not refuse its neighbours.
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
NOT_THERE = (
    TimeoutError,
    OSError,
    OperationalError,
    InterfaceError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
)
LETTERS = Gauge("bakhong_mailbox_letters", "Webhooks that wait for their commit")
CAPACITY = Gauge("bakhong_mailbox_capacity", "Webhooks that may wait; more are answered 503")


class Fate(Enum):
    """What a message turned out to be when it was written down."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Full(Exception):
    """More messages wait than the mailbox may hold; nothing of this one was kept."""


class NotKept(Exception):
    """The database did not take the message; nothing of it was kept."""


@dataclass(slots=True)
class Letter:
    """A verified message on its way to its row. `sealed` is bound to `id`; `event` None needs no action."""

    partner_id: str
    webhook_id: str
    event: str | None
    occurred_at: datetime
    received_at: datetime
    body_hash: bytes
    subject_key: str
    sealed: bytes
    traceparent: str
    licences: list[str] = field(default_factory=list)
    unit_codes: list[str] = field(default_factory=list)
    id: UUID = field(default_factory=new_id)

    @property
    def key(self) -> tuple[str, str]:
        return self.partner_id, self.webhook_id

    def fact(self, attempt: int = 1) -> PartnerEventReceived:
        assert self.event is not None
        return PartnerEventReceived(
            subject_key=self.subject_key,
            delivery_id=self.id,
            partner_id=self.partner_id,
            webhook_id=self.webhook_id,
            event=self.event,
            occurred_at=self.occurred_at,
            received_at=self.received_at,
            sealed=base64.b64encode(self.sealed).decode(),
            licences=self.licences,
            unit_codes=self.unit_codes,
            attempt=attempt,
        )


Waiting = tuple[Letter, "asyncio.Future[Fate]"]


class Mailbox:
    """Takes letters; `run` commits them until cancelled."""

    def __init__(self, database: Database, *, capacity: int = 2_000) -> None:
        self._database = database
        self._capacity = capacity
        self._waiting: list[Waiting] = []
        self._taken = 0
        self._arrived = asyncio.Event()
        CAPACITY.set(capacity)
        LETTERS.set_function(lambda: len(self._waiting) + self._taken)

    async def post(self, letter: Letter) -> Fate:
        """Wait until the letter is durable; raises Full or NotKept."""
        if len(self._waiting) + self._taken >= self._capacity:
            raise Full
        fate: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, fate))
        self._arrived.set()
        return await fate

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
                for _, fate in batch:
                    if not fate.done():
                        fate.set_exception(NotKept())

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            await self._write_in_time(batch)
        except Exception as error:
            logger.warning("a batch of deliveries failed", error=type(error).__name__, letters=len(batch))
            # One bad row is found by trying each alone; a database that is not there would only be waited for again.
            for waiting in batch if len(batch) > 1 and not isinstance(error, NOT_THERE) else ():
                if not waiting[1].done():
                    await self._write_alone(waiting)

    async def _write_alone(self, waiting: Waiting) -> None:
        try:
            await self._write_in_time([waiting])
        except Exception as error:
            logger.error("a delivery could not be kept", error=type(error).__name__, delivery=str(waiting[0].id))

    async def _write_in_time(self, batch: list[Waiting]) -> None:
        """TimeoutError when the database says nothing: the partner hears 503 and tries again, by the same id.

        What was being written may yet become durable; the next try is then a duplicate. The writing is not waited for: the
        driver takes as long again to part from a connection that leads nowhere.
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
        letters = sorted((letter for letter, _ in batch), key=lambda letter: letter.key)
        accepted = await keep_new(self._database, letters)
        _tell(batch, dict.fromkeys(accepted, Fate.ACCEPTED))
        if len(accepted) < len(letters):
            repeated = [letter for letter in letters if letter.id not in accepted]
            async with self._database.transaction() as session:
                fates = await write_letters(session, repeated)
            _tell(batch, fates)


def _tell(batch: list[Waiting], fates: Mapping[UUID, Fate]) -> None:
    for letter, waiting in batch:
        if letter.id in fates and not waiting.done():
            waiting.set_result(fates[letter.id])


async def keep_new(database: Database, letters: Sequence[Letter]) -> set[UUID]:
    """Writes the new ones and their announcements by one statement that is its own transaction; the ids of the new."""
    first: dict[tuple[str, str], Letter] = {}
    for letter in letters:
        first.setdefault(letter.key, letter)
    rows = [_row(letter) + _said(letter) for letter in first.values()]
    kept = await database.fetch(_KEEP_NEW, *zip(*rows, strict=True))
    if kept:
        database.on_published()
    return {row["id"] for row in kept}


def _row(letter: Letter) -> tuple[Any, ...]:
    return (
        letter.id, letter.partner_id, letter.webhook_id, letter.event, letter.occurred_at, letter.received_at,
        letter.body_hash, letter.sealed, letter.subject_key,
    )  # fmt: skip


def _said(letter: Letter) -> tuple[Any, ...]:
    if letter.event is None:
        return NOTHING_SAID
    fact = letter.fact()
    headers = json.dumps({"traceparent": letter.traceparent})
    return new_id(), fact.topic, fact.key, fact.type, fact.model_dump_json(), headers, letter.received_at


NOTHING_SAID = (None,) * 7


async def write_letters(session: Session, letters: Sequence[Letter]) -> dict[UUID, Fate]:
    """Writes the new ones with their announcements; says of each letter what it turned out to be."""
    first: dict[tuple[str, str], Letter] = {}
    for letter in letters:
        first.setdefault(letter.key, letter)
    inserted = set((await session.execute(_INSERT, _columns(list(first.values())))).scalars())
    session.outbox_records += [
        _announcement(letter) for letter in first.values() if letter.id in inserted and letter.event
    ]
    known = await _known(session, [letter for letter in letters if letter.id not in inserted])
    fates = {letter.id: _fate(letter, inserted, known) for letter in letters}
    await _count_repeats(session, letters, fates, known)
    return fates


def _fate(letter: Letter, inserted: set[UUID], known: dict[tuple[str, str], Any]) -> Fate:
    if letter.id in inserted:
        return Fate.ACCEPTED
    return Fate.DUPLICATE if known[letter.key].body_hash == letter.body_hash else Fate.CONFLICT


async def _known(session: Session, letters: list[Letter]) -> dict[tuple[str, str], Any]:
    if not letters:
        return {}
    rows = await session.execute(
        _FIND, {"partner_id": [one.partner_id for one in letters], "webhook_id": [one.webhook_id for one in letters]}
    )
    return {(row.partner_id, row.webhook_id): row for row in rows}


async def _count_repeats(
    session: Session, letters: Sequence[Letter], fates: dict[UUID, Fate], known: dict[tuple[str, str], Any]
) -> None:
    repeated = [known[one.key].id for one in letters if fates[one.id] is Fate.DUPLICATE]
    if repeated:
        await session.execute(_COUNT_REPEATS, {"ids": repeated})
    conflicting = [one for one in letters if fates[one.id] is Fate.CONFLICT]
    if conflicting:
        await session.execute(_KEEP_CONFLICTS, _conflict_columns(conflicting, known))


def _announcement(letter: Letter) -> OutboxRecord:
    fact = letter.fact()
    return OutboxRecord(
        fact.topic, fact.key, fact.type, fact.model_dump_json(), headers={"traceparent": letter.traceparent}
    )


def _columns(letters: list[Letter]) -> dict[str, list[Any]]:
    return {
        "id": [one.id for one in letters],
        "partner_id": [one.partner_id for one in letters],
        "webhook_id": [one.webhook_id for one in letters],
        "event": [one.event for one in letters],
        "occurred_at": [one.occurred_at for one in letters],
        "received_at": [one.received_at for one in letters],
        "body_hash": [one.body_hash for one in letters],
        "body": [one.sealed for one in letters],
        "subject_key": [one.subject_key for one in letters],
    }


def _conflict_columns(letters: list[Letter], known: dict[tuple[str, str], Any]) -> dict[str, list[Any]]:
    return {
        "id": [one.id for one in letters],
        "delivery_id": [known[one.key].id for one in letters],
        "body_hash": [one.body_hash for one in letters],
        "body": [one.sealed for one in letters],
        "received_at": [one.received_at for one in letters],
    }


_LETTERS = """
INSERT INTO delivery (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
                      status, attempt, repeats, conflicts)
SELECT id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
       CASE WHEN event IS NULL THEN 'ignored' ELSE 'accepted' END, 1, 0, 0
FROM {} ON CONFLICT (partner_id, webhook_id) DO NOTHING RETURNING id
"""
_INSERT = text(
    _LETTERS.format(
        "unnest(cast(:id AS uuid[]), cast(:partner_id AS text[]), cast(:webhook_id AS text[]), cast(:event AS text[]),"
        " cast(:occurred_at AS timestamptz[]), cast(:received_at AS timestamptz[]), cast(:body_hash AS bytea[]),"
        " cast(:body AS bytea[]), cast(:subject_key AS text[]))"
        " AS letter (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key)"
    )
)
_KEEP_NEW = f"""
WITH letter AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                         $7::bytea[], $8::bytea[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::text[],
                         $14::text[], $15::text[], $16::timestamptz[]) WITH ORDINALITY
         AS letter (id, partner_id, webhook_id, event, occurred_at, received_at, body_hash, body, subject_key,
                    event_id, topic, key, type, value, headers, said_at, number)
),
kept AS ({_LETTERS.format("letter")}),
told AS (
    INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)
    SELECT event_id, topic, key, type, value, headers, said_at
    FROM letter JOIN kept USING (id) WHERE event IS NOT NULL ORDER BY number
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
_KEEP_CONFLICTS = text(
    "WITH kept AS (INSERT INTO delivery_conflict (id, delivery_id, body_hash, body, received_at)"
    " SELECT * FROM unnest(cast(:id AS uuid[]), cast(:delivery_id AS uuid[]), cast(:body_hash AS bytea[]),"
    " cast(:body AS bytea[]), cast(:received_at AS timestamptz[]))"
    " ON CONFLICT (delivery_id, body_hash) DO NOTHING RETURNING delivery_id)"
    " UPDATE delivery SET conflicts = conflicts + counted.times"
    " FROM (SELECT delivery_id, count(*) AS times FROM kept GROUP BY delivery_id) AS counted"
    " WHERE delivery.id = counted.delivery_id"
)
