"""A running service: its connections, and its worker with relay, consumer and scheduled jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, text

from chassis.clock import now
from chassis.errors import Unauthenticated
from chassis.messaging.bus.choose import bus_of
from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.bus.port import Bus
from chassis.messaging.consumer import Consumer, EventHandlers
from chassis.messaging.counts import CountPublisher, TakeCounts
from chassis.messaging.relay import Notifier, Relay
from chassis.observability.log import logger
from chassis.observability.sql_gauges import SqlGauge, export_gauges_forever
from chassis.observability.tracing import TRACING
from chassis.security.access_log import seal_new_entries
from chassis.security.identity import TokenSigner, Verifier
from chassis.security.key_rotation import Rotation, rotate_keys
from chassis.settings import Settings
from chassis.storage.database import Database, connect, database_url
from chassis.storage.retention import JOB, Retention, delete_expired
from chassis.storage.units_copy import UnitsCopy
from chassis.tasks import cancel_until_ended
from chassis.web.service_client import ServiceClient
from contracts.topics import all_topics

SECONDS_BEFORE_RESTART = 1.0
RETENTION = (
    Retention("inbox", "applied_at", timedelta(days=30), "technical"),
    Retention("idempotency_key", "answered_at", timedelta(days=7), "technical"),
)
"""Of the tables that every service has."""


@dataclass(frozen=True)
class ScheduledJob:
    """A job that one process of a service repeats: the one that holds the advisory lock of its name."""

    name: str
    every_seconds: float
    work: Callable[["Runtime"], Awaitable[None]]


@dataclass(frozen=True)
class SharedWork:
    """Work that every worker process of a service does all the time; the processes divide it through the database.

    `run` returns only by being cancelled; after an exception it is started again.
    """

    name: str
    run: Callable[["Runtime"], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """The declaration of a service: routes, tables, event handlers, scheduled jobs, shared work, gauges."""

    name: str
    title: str
    metadata: MetaData
    migrations: Path
    routers: Sequence[Any] = ()
    handlers: EventHandlers = field(default_factory=dict)
    scheduled_jobs: Sequence[ScheduledJob] = ()
    shared_work: Sequence["SharedWork"] = ()
    gauges: Sequence[SqlGauge] = ()
    take_counts: TakeCounts | None = None
    """Counts the service's own tables, for reporting to compare with (see `chassis.messaging.counts`)."""
    rotations: Sequence[Rotation] = ()
    """The tables with encrypted values or blind indexes; a scheduled job keeps them under the newest keys."""
    retention: Sequence[Retention] = ()
    """How long rows of its own tables are kept; a scheduled job deletes and records what is older."""
    checks: Sequence[Callable[[], object]] = ()
    """What must be right before the service starts, such as its part of the province's pack; each raises where it is not."""

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.name.replace("-", "_")


class Runtime:
    """One process of a service. `start` connects; with `run_worker` it also runs relay, consumer and scheduled jobs."""

    def __init__(self, service: Service, settings: Settings, *, database: Database | None = None) -> None:
        self.service = service
        self.settings = settings
        url = database_url(settings.database_url, service.database)
        self.database = database or Database(
            url, pool_size=settings.database_pool, application=service.name, seconds=settings.database_seconds
        )
        self.bus: Bus = bus_of(settings)
        self.verifier = Verifier(settings.internal_keys_file) if settings.internal_keys_file else _RejectingVerifier()
        self.signer = TokenSigner.read(settings.signing_key_file) if settings.signing_key_file else None
        self.service_client = ServiceClient(settings, self.signer, service.name)
        self.relay = Relay(self.database.url, self.bus, service=service.name, seconds=settings.database_seconds)
        self.consumer = Consumer(
            service.name, self.database, self.bus, service.handlers, dead_letter_limit=settings.dead_letter_limit
        )
        self.bus_is_up = False
        self.units = UnitsCopy(self.database)
        self._notifier = Notifier(self._notify)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Starts; the bus may become available later, accepted events stay in the outbox until then."""
        for check in self.service.checks:
            check()
        TRACING.start(self.service.name, self.settings)
        self.database.on_published = self._published
        if self.settings.run_worker:
            self._spawn(self._work(), "worker")

    async def stop(self) -> None:
        """Cancels the worker (uncommitted work is rolled back) and closes all connections."""
        await cancel_until_ended(self._tasks)
        await self.service_client.close()
        with suppress(Exception):
            await self.bus.stop()
        await self.database.close()
        await asyncio.to_thread(TRACING.stop)

    async def database_version(self) -> str | None:
        """The schema version of the database; None when it is unavailable."""
        try:
            async with asyncio.timeout(2), self.database.reading() as session:
                return str((await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())
        except Exception:
            return None

    def _published(self) -> None:
        if self.relay.is_leader:
            self.relay.wake()
        else:
            self._notifier.wake()

    async def _notify(self) -> None:
        await self.database.fetch("NOTIFY outbox")

    def _spawn(self, work: Any, name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(_log_failure)
        self._tasks.append(task)

    async def _work(self) -> None:
        self._spawn(
            export_gauges_forever(self.service.name, self.database.fetch, self.service.gauges, self.settings), "gauges"
        )
        await self._connect_bus()
        self._spawn(self.relay.run(), "relay")
        if self.service.handlers:
            self._spawn(self.consumer.run(), "consumer")
        for job in (*self.service.scheduled_jobs, *self._counting(), *HOUSEKEEPING):
            self._spawn(self._run_on_schedule(job), job.name)
        for work in self.service.shared_work:
            self._spawn(self._run_shared(work), work.name)

    def _counting(self) -> list[ScheduledJob]:
        if self.service.take_counts is None:
            return []
        publisher = CountPublisher(self.service.name, self.service.take_counts)
        return [ScheduledJob("publish counts", 5.0, lambda runtime: publisher.publish_changes(runtime.database))]

    async def _connect_bus(self) -> None:
        while True:
            try:
                await self.bus.start()
                await self.bus.ensure_topics(all_topics())
                self.bus_is_up = True
                return
            except Exception as error:
                logger.warning("bus unavailable", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _run_on_schedule(self, job: ScheduledJob) -> None:
        failures = 0
        while True:
            began = now()
            try:
                await self._run_as_leader(job)
            except Exception as error:
                failures = failures + 1 if now() - began < timedelta(minutes=1) else 1
                logger.error("scheduled job failed", job=job.name, error=type(error).__name__, exc_info=True)
            await asyncio.sleep(min(job.every_seconds * 2**failures, max(job.every_seconds, 60)))

    async def _run_shared(self, work: SharedWork) -> None:
        while True:
            try:
                await work.run(self)
            except Exception as error:
                logger.error("shared work failed", work=work.name, error=type(error).__name__, exc_info=True)
            await asyncio.sleep(SECONDS_BEFORE_RESTART)

    async def _run_as_leader(self, job: ScheduledJob) -> None:
        connection = await connect(self.database.url, f"clock {job.name}", seconds=self.settings.database_seconds)
        try:
            # Held while this process runs; another process takes over when the session ends.
            lock = "SELECT pg_try_advisory_lock(hashtext($1))"
            while not await connection.fetchval(lock, f"clock {job.name}"):  # noqa: ASYNC110  # another process holds it
                await asyncio.sleep(max(job.every_seconds, 1))
            while True:
                await job.work(self)
                await asyncio.sleep(job.every_seconds)
                await connection.execute("SELECT 1")
        finally:
            with suppress(Exception):
                await connection.close(timeout=2)


class _RejectingVerifier:
    """Without a key set no caller can be verified: only public operations answer."""

    def caller(self, token: str) -> Any:
        raise Unauthenticated()


async def _seal(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await seal_new_entries(session, runtime.service.name)


async def _delete_old_rows(runtime: Runtime) -> None:
    await delete_expired(runtime.database, runtime.service.name, (*RETENTION, *runtime.service.retention))
    if isinstance(runtime.bus, EmbeddedBus):
        await runtime.bus.forget_expired()


async def _rotate(runtime: Runtime) -> None:
    await rotate_keys(runtime.database, runtime.service.rotations)


HOUSEKEEPING = (
    ScheduledJob("rotate keys", 60.0, _rotate),
    ScheduledJob("seal access entries", 1.0, _seal),
    ScheduledJob(JOB, 3600.0, _delete_old_rows),
)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        logger.error("background task ended", task=task.get_name(), error=type(task.exception()).__name__)
