"""Processes that take in events, or count everything anew, until they are killed."""

from __future__ import annotations

import asyncio
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.consumer import Consumer
from chassis.storage.database import Database
from reporting.handlers import HANDLERS
from reporting.rebuild import rebuild

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])  # what it imports takes longer than what it does


def consuming(database: str, bus: str) -> ForkServerProcess:
    """A consumer, running."""
    return _started(database, bus, is_rebuild=False)


def rebuilding(database: str, bus: str) -> ForkServerProcess:
    """A rebuild, running."""
    return _started(database, bus, is_rebuild=True)


def _started(database: str, bus: str, is_rebuild: bool) -> ForkServerProcess:
    process = PROCESSES.Process(target=_work, args=(database, bus, is_rebuild), daemon=True)
    process.start()
    return process


def _work(database: str, bus: str, is_rebuild: bool) -> None:
    asyncio.run(_run(Database(database), EmbeddedBus(bus), is_rebuild))


async def _run(database: Database, bus: EmbeddedBus, is_rebuild: bool) -> None:
    await bus.start()
    if is_rebuild:
        await rebuild(database, bus)
    else:
        await Consumer("reporting", database, bus, HANDLERS).run()
