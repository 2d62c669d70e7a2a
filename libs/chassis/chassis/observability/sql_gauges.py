"""Gauges that a worker reads from its database every few seconds, each with one cheap statement."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import Gauge

from chassis.observability import metrics
from chassis.observability.log import logger
from chassis.settings import Settings

EVERY_SECONDS = 15.0
SECONDS_TO_ANSWER = 5


Fetch = Callable[[str], Awaitable[list[Any]]]
"""Executes one statement and returns its rows."""


@dataclass(frozen=True)
class SqlGauge:
    """A gauge with the label `service`, and the statement whose single number it shows."""

    gauge: Gauge
    query: str


GAUGES_OF_EVERY_SERVICE = (
    SqlGauge(metrics.OUTBOX, "SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS waiting"),
    SqlGauge(
        metrics.DEAD_LETTERS,
        "SELECT count(*) FROM (SELECT FROM dead_letter WHERE state IN ('dead', 'waiting') LIMIT 100000) AS open",
    ),
    SqlGauge(
        metrics.OLDEST_TRANSACTION,
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    ),
    SqlGauge(
        metrics.ARCHIVING_FAILS,
        "SELECT (last_failed_time > coalesce(last_archived_time, '-infinity'))::int FROM pg_stat_archiver",
    ),
)


async def export_gauges_forever(service: str, fetch: Fetch, gauges: Sequence[SqlGauge], settings: Settings) -> None:
    """Runs until cancelled. While the database does not answer the gauges keep their values; other alerts report it."""
    while True:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await export_gauges(service, fetch, gauges, folder_of_files(settings))
        except Exception as error:
            logger.warning("SQL gauges failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def export_gauges(service: str, fetch: Fetch, gauges: Sequence[SqlGauge], files: Path) -> None:
    """Sets every gauge once."""
    free = shutil.disk_usage(files)
    metrics.DISK_FREE.labels(service).set(free.free / free.total)
    for one in (*GAUGES_OF_EVERY_SERVICE, *gauges):
        rows = await fetch(one.query)
        one.gauge.labels(service).set(float(rows[0][0] or 0) if rows else 0)


def folder_of_files(settings: Settings) -> Path:
    """An existing folder on the disk where files are kept: the folder itself or its nearest parent."""
    place = (settings.files_dir or settings.data_dir or Path()).resolve()
    return next(folder for folder in (place, *place.parents) if folder.exists())
