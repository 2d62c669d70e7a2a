"""What an operator must know and no request tells: counted again and again by every worker, each with one cheap statement."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Gauge
from sqlalchemy import text

from chassis import metrics
from chassis.database import Database
from chassis.log import logger

EVERY_SECONDS = 15.0
SECONDS_TO_ANSWER = 5


@dataclass(frozen=True)
class Measure:
    """A gauge with the label `service`, and the statement whose single number it shows."""

    gauge: Gauge
    query: str


OF_EVERY_SERVICE = (
    Measure(metrics.OUTBOX, "SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS waiting"),
    Measure(
        metrics.DEAD_LETTERS,
        "SELECT count(*) FROM (SELECT FROM dead_letter WHERE state IN ('dead', 'waiting') LIMIT 100000) AS open",
    ),
    Measure(
        metrics.OLDEST_TRANSACTION,
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    ),
    Measure(
        metrics.ARCHIVING_FAILS,
        "SELECT (last_failed_time > coalesce(last_archived_time, '-infinity'))::int FROM pg_stat_archiver",
    ),
)


async def measure_for_ever(service: str, database: Database, measures: Sequence[Measure]) -> None:
    """Until cancelled. A database that does not answer leaves the gauges as they were; other alerts tell of it."""
    while True:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await measure(service, database, measures)
        except Exception as error:
            logger.warning("measuring failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def measure(service: str, database: Database, measures: Sequence[Measure]) -> None:
    """Sets every gauge once."""
    free = shutil.disk_usage(place_of_files())
    metrics.DISK_FREE.labels(service).set(free.free / free.total)
    async with database.reading() as session:
        for one in (*OF_EVERY_SERVICE, *measures):
            found = (await session.execute(text(one.query))).scalar_one_or_none()
            one.gauge.labels(service).set(float(found or 0))


def place_of_files() -> Path:
    """A folder on the disk that fills: where files are kept, or its nearest parent that is there already."""
    place = Path(os.environ.get("FILES_DIR") or os.environ.get("DATA_DIR") or ".").resolve()
    return next(folder for folder in (place, *place.parents) if folder.exists())
