"""`python -m reporting.rebuild`: builds the projections anew beside the live version, then swaps.

Units, filed reports and announced counts are stored once for all versions. Nothing stops meanwhile: the last events are
applied while the live version waits for a moment, and the old one is deleted afterwards. The next rebuild removes what an
interrupted one left.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from chassis.messaging.bus.choose import bus_of
from chassis.messaging.bus.port import Bus, Fetched, TopicPartition
from chassis.observability.log import configure_logging
from chassis.settings import Settings, get_settings
from chassis.storage.database import Database, asyncpg_url, database_url
from contracts.event import Event, event_class
from contracts.topics import all_topics
from reporting.projections.application import apply_events
from reporting.projections.entities import subscriptions
from reporting.projections.unit_of_work import BUILD_VERSION
from reporting.projections.versions import (
    begin_version,
    drop_version,
    hold_live_version,
    list_retired_versions,
    live_positions,
    swap_version,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Progress", "RebuildRunning", "rebuild", "run"]

BATCH = 2000

Progress = Callable[[int, int], None]
"""Called with the number of events applied, and of all events as far as known."""

Positions = dict[TopicPartition, int]


class RebuildRunning(Exception):
    """Another rebuild of this database is under way."""


async def rebuild(database: Database, bus: Bus, progress: Progress = lambda done, of: None) -> int:
    """Builds a new version from all events on the bus and makes it live; its number."""
    async with _exclusive(database):
        await _drop_retired_versions(database)
        async with database.transaction() as session:
            version = await begin_version(session)
        await _Replay(database, bus, version, progress).run()
        await _drop_retired_versions(database)
    return version


class _Replay:
    def __init__(self, database: Database, bus: Bus, version: int, progress: Progress) -> None:
        self._database = database
        self._bus = bus
        self._version = version
        self._progress = progress
        self._reached: Positions = {}
        self._done = 0

    async def run(self) -> None:
        topics = sorted({event.topic for event in subscriptions()})
        group = f"reporting-rebuild-{self._version}"
        async with self._bus.subscribe(group, topics, _from_the_beginning) as subscription:
            self._poll = subscription.poll
            self._lag = subscription.lag
            while not await self._has_caught_up():
                await self._apply_next()
            async with self._database.transaction() as session:
                live = await hold_live_version(session)
                while not await self._has_caught_up():
                    await self._apply_next()
                await swap_version(session, live, self._version)

    async def _has_caught_up(self) -> bool:
        async with self._database.reading() as session:
            wanted = await live_positions(session, self._bus.id)
        topics = {event.topic for event in subscriptions()}
        return all(
            self._reached.get(partition, 0) >= at for partition, at in wanted.items() if partition.topic in topics
        )

    async def _apply_next(self) -> None:
        records = await self._poll(limit=BATCH)
        if records:
            await self._apply(records)
        for record in records:
            self._reached[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self._done += len(records)
        self._progress(self._done, self._done + await self._lag())

    async def _apply(self, records: Sequence[Fetched]) -> None:
        events = [event for record in records if (event := _read(record)) is not None]
        async with self._database.transaction() as session:
            session.sync_session.info[BUILD_VERSION] = self._version
            await apply_events(session, events)


def _read(record: Fetched) -> Event | None:
    cls = event_class(record.headers.get("ce_type", ""))
    return cls.model_validate_json(record.value) if cls is not None and cls in subscriptions() else None


async def _from_the_beginning(partitions: Sequence[TopicPartition]) -> Positions:
    return {}


async def _drop_retired_versions(database: Database) -> None:
    async with database.reading() as session:
        retired = await list_retired_versions(session)
    for version in retired:
        is_left = True
        while is_left:
            async with database.transaction() as session:
                is_left = await drop_version(session, version)


@asynccontextmanager
async def _exclusive(database: Database) -> AsyncIterator[None]:
    connection = await asyncpg.connect(asyncpg_url(database.url), timeout=5)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext('rebuild of the reports'))"):
            raise RebuildRunning("another rebuild is under way")
        yield
    finally:
        await connection.close()


def _show(done: int, of: int) -> None:
    share = done / of if of else 1.0
    filled = int(share * 30)
    sys.stderr.write(f"\r[{'█' * filled}{'·' * (30 - filled)}] {share:4.0%}  {done:,} of {of:,} events")
    sys.stderr.flush()


async def run(database: Database, bus: Bus) -> int:
    """Rebuilds with a progress bar; the exit code."""
    await bus.start()
    await bus.ensure_topics(all_topics())
    try:
        version = await rebuild(database, bus, _show)
    except RebuildRunning as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        await bus.stop()
        await database.close()
    sys.stderr.write(f"\nThe reports are rebuilt: version {version} is live.\n")
    return 0


def _of_settings(settings: Settings) -> tuple[Database, Bus]:
    url = database_url(settings.database_url, "reporting")
    return Database(url, pool_size=4, application="rebuild"), bus_of(settings)


if __name__ == "__main__":
    configure_logging("reporting", "WARNING")
    sys.exit(asyncio.run(run(*_of_settings(get_settings()))))
