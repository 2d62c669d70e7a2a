"""The relay publishes the outbox to the bus in the order of ids, then deletes what was published.

Per database one relay is the leader, by an advisory lock on its own connection. It reads the oldest rows, publishes them,
waits until the bus has acknowledged every one, and deletes exactly these rows. A row that commits late is published with
the next batch. A crash between publishing and deleting publishes again; the consumers' inbox ignores the repetition.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
from pydantic_core import from_json

from chassis.clock import now
from chassis.messaging.bus.port import Bus, Outgoing
from chassis.observability import metrics
from chassis.observability.log import logger
from chassis.observability.tracing import TRACING
from chassis.storage.database import connect

LOCK = "bakhong relay"
CHANNEL = "outbox"
BATCH = 500
POLL_SECONDS = 0.1
BACKOFF_SECONDS = 1.0


class Relay:
    """Runs until cancelled; `wake` makes it look at once, from any task of this process."""

    def __init__(self, url: str, bus: Bus, *, service: str, batch: int = BATCH, seconds: float | None = None) -> None:
        """`seconds`: the time limit of a statement; the connection is closed after it."""
        self._url = url
        self._seconds = seconds
        self._bus = bus
        self._service = service
        self._batch = batch
        self._woken = asyncio.Event()
        self.is_leader = False

    def wake(self) -> None:
        """Called when the outbox has new rows."""
        self._woken.set()

    async def run(self) -> None:
        """Leads when no other process does; starts again after a fault of the database or the bus."""
        while True:
            try:
                await self._lead()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, LookupError) as error:
                logger.warning("relay interrupted", error=type(error).__name__)
            except Exception as error:
                # Accepted events stay in the outbox, whatever the bus raises; the next attempt is in a second.
                logger.error("relay failed", error=type(error).__name__, exc_info=True)
            self.is_leader = False
            await asyncio.sleep(BACKOFF_SECONDS)

    async def _lead(self) -> None:
        connection = await connect(
            self._url,
            f"relay of {self._service}",
            seconds=self._seconds,
            # Deleted rows are published already; a deletion lost in a crash publishes again, which the inbox ignores.
            synchronous_commit="off",
        )
        try:
            await connection.add_listener(CHANNEL, lambda *_: self.wake())
            while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", LOCK):
                metrics.RELAY_LAG.labels(self._service).set(0)  # another process is the leader and exports it
                await asyncio.sleep(BACKOFF_SECONDS)
            self.is_leader = True
            while True:
                self._woken.clear()
                if await self.publish_next(connection) < self._batch:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(
                            POLL_SECONDS
                        ):  # wait_for can lose a cancellation that comes with the timeout
                            await self._woken.wait()
        finally:
            with suppress(Exception):
                await connection.close(timeout=2)

    async def publish_next(self, connection: Any) -> int:
        """Publishes and deletes the oldest rows, at most a batch; how many."""
        rows = await connection.fetch(
            "SELECT id, event_id::text, topic, key, type, convert_to(value, 'UTF8') AS value, headers, occurred_at"
            " FROM outbox ORDER BY id LIMIT $1",
            self._batch,
        )
        # Set before publishing: while the bus does not answer, the metric must grow.
        metrics.RELAY_LAG.labels(self._service).set((now() - rows[0]["occurred_at"]).total_seconds() if rows else 0)
        if rows:
            await self._publish(rows)
            await connection.execute("DELETE FROM outbox WHERE id = ANY($1)", [row["id"] for row in rows])
            metrics.RELAYED.labels(self._service).inc(len(rows))
        return len(rows)

    async def _publish(self, rows: Any) -> None:
        records = [self._outgoing(row) for row in rows]
        if not TRACING.is_enabled:
            await self._bus.publish(records)
            return
        # One span for the batch, linked to the traces of its events.
        causes = [record.headers.get("traceparent", "") for record in records]
        about: dict[str, str | int] = {"messaging.batch.message_count": len(rows), "messaging.operation.type": "send"}
        with TRACING.span("relay", "PRODUCER", attributes=about, links=causes):
            await self._bus.publish(records)

    def _outgoing(self, row: Any) -> Outgoing:
        """CloudEvents 1.0, Kafka binding, binary mode."""
        headers = {
            "ce_specversion": "1.0",
            "ce_id": row["event_id"],
            "ce_source": f"/{self._service}",
            "ce_type": row["type"],
            "ce_time": row["occurred_at"].isoformat(),
            "ce_subject": row["key"],
            "content-type": "application/json",
        }
        if row["headers"] != "{}":
            headers |= from_json(row["headers"])
        return Outgoing(row["topic"], row["key"], row["value"], headers)


class Notifier:
    """Wakes the relay of another process: one NOTIFY for all commits within 10 ms, outside their transactions."""

    DELAY_SECONDS = 0.01

    def __init__(self, notify: Callable[[], Any]) -> None:
        self._notify = notify
        self._pending: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Called after a commit."""
        if self._pending is None or self._pending.done():
            self._pending = asyncio.get_running_loop().create_task(self._soon())

    async def _soon(self) -> None:
        await asyncio.sleep(self.DELAY_SECONDS)
        # The relay also polls; a lost notification delays it by a tenth of a second.
        with suppress(Exception):
            await self._notify()
