"""A process that takes in events until it is killed."""

from __future__ import annotations

import asyncio
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

from chassis.bus.embedded import EmbeddedBus
from chassis.consumer import Consumer
from chassis.database import Database
from reporting.reactions import HEARD

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])  # what it imports takes longer than what it does


def consuming(database: str, bus: str) -> ForkServerProcess:
    """The process, running."""
    process = PROCESSES.Process(target=_consume, args=(database, bus), daemon=True)
    process.start()
    return process


def _consume(database: str, bus: str) -> None:
    asyncio.run(_run(Database(database), EmbeddedBus(bus)))


async def _run(database: Database, bus: EmbeddedBus) -> None:
    await bus.start()
    await Consumer("reporting", database, bus, HEARD).run()
