"""`python -m reporting.rebuild`: counts everything anew beside the live version, then swaps.

Units, filed reports and announced counts are kept once for all versions. Nothing stops meanwhile: the last facts are
taken in while the live version waits for a moment, and the old one is deleted afterwards. What an interrupted rebuild
left is removed by the next one.
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
from reporting.handlers import COUNTED, on_what_counts
from reporting.projections.ledger import BUILD_VERSION
from reporting.projections.versions import (
    begin_version,
    drop_version,
    hold_live_version,
    list_dead_versions,
    live_positions,
    swap_version,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["AlreadyRunning", "Progress", "rebuild", "run"]

BATCH = 2000

Progress = Callable[[int, int], None]
"""Told how many facts are done, and how many there are as far as known."""

Positions = dict[TopicPartition, int]


class AlreadyRunning(Exception):
    """Another rebuild of this database is under way."""


async def rebuild(database: Database, bus: Bus, progress: Progress = lambda done, of: None) -> int:
    """Builds a new version from all facts on the bus and lets it answer; its number."""
    async with _alone(database):
        await _drop_dead_versions(database)
        async with database.transaction() as session:
            version = await begin_version(session)
        await _Replay(database, bus, version, progress).run()
        await _drop_dead_versions(database)
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
        topics = sorted({fact.topic for fact in COUNTED})
        group = f"reporting-rebuild-{self._version}"
        async with self._bus.subscribe(group, topics, _from_the_beginning) as subscription:
            self._poll = subscription.poll
            self._lag = subscription.lag
            while not await self._has_caught_up():
                await self._take_in()
            async with self._database.transaction() as session:
                live = await hold_live_version(session)
                while not await self._has_caught_up():
                    await self._take_in()
                await swap_version(session, live, self._version)

    async def _has_caught_up(self) -> bool:
        async with self._database.reading() as session:
            wanted = await live_positions(session, self._bus.id)
        topics = {fact.topic for fact in COUNTED}
        return all(self._reached.get(place, 0) >= at for place, at in wanted.items() if place.topic in topics)

    async def _take_in(self) -> None:
        records = await self._poll(limit=BATCH)
        if records:
            await self._apply(records)
        for record in records:
            self._reached[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self._done += len(records)
        self._progress(self._done, self._done + await self._lag())

    async def _apply(self, records: Sequence[Fetched]) -> None:
        facts = [fact for record in records if (fact := _read(record)) is not None]
        async with self._database.transaction() as session:
            session.sync_session.info[BUILD_VERSION] = self._version
            await on_what_counts(session, facts)


def _read(record: Fetched) -> Event | None:
    cls = event_class(record.headers.get("ce_type", ""))
    return cls.model_validate_json(record.value) if cls is not None and cls in COUNTED else None


async def _from_the_beginning(places: Sequence[TopicPartition]) -> Positions:
    return {}


async def _drop_dead_versions(database: Database) -> None:
    async with database.reading() as session:
        dead = await list_dead_versions(session)
    for version in dead:
        is_left = True
        while is_left:
            async with database.transaction() as session:
                is_left = await drop_version(session, version)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    connection = await asyncpg.connect(asyncpg_url(database.url), timeout=5)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext('rebuild of the reports'))"):
            raise AlreadyRunning("another rebuild is under way")
        yield
    finally:
        await connection.close()


def _show(done: int, of: int) -> None:
    share = done / of if of else 1.0
    filled = int(share * 30)
    sys.stderr.write(f"\r[{'█' * filled}{'·' * (30 - filled)}] {share:4.0%}  {done:,} of {of:,} facts")
    sys.stderr.flush()


async def run(database: Database, bus: Bus) -> int:
    """Rebuilds with a progress bar; the exit code."""
    await bus.start()
    await bus.ensure_topics(all_topics())
    try:
        version = await rebuild(database, bus, _show)
    except AlreadyRunning as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        await bus.stop()
        await database.close()
    sys.stderr.write(f"\nThe reports are built anew: version {version} answers now.\n")
    return 0


def _of_settings(settings: Settings) -> tuple[Database, Bus]:
    url = database_url(settings.database_url, "reporting")
    return Database(url, pool_size=4, application="rebuild"), bus_of(settings)


if __name__ == "__main__":
    configure_logging("reporting", "WARNING")
    sys.exit(asyncio.run(run(*_of_settings(get_settings()))))
