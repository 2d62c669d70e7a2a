"""The registry: units, people, organizations, facts and their sources."""

from pathlib import Path

from prometheus_client import Gauge

from chassis.app import create_app
from chassis.observability.sql_gauges import SqlGauge
from chassis.runtime import Runtime, ScheduledJob, Service
from registry.commands.counting import Counter
from registry.commands.duplicates import look_for_duplicates
from registry.commands.imports import run_open_imports
from registry.commands.linking import look_after_sources
from registry.commands.refreshing import run_open_refreshes
from registry.commands.rotation import ROTATIONS
from registry.commands.units import load_thanh_hoa, move_due_residents
from registry.handlers import HANDLERS
from registry.model import Table
from registry.routes import ROUTERS
from registry.settings import get_registry_settings
from registry.sources import databases_of


async def _import_lists(runtime: Runtime) -> None:
    await run_open_imports(runtime.database, get_registry_settings().import_batch_rows)


async def _refresh(runtime: Runtime) -> None:
    seconds = get_registry_settings().source_seconds
    await run_open_refreshes(runtime.database, databases_of(runtime), seconds)


async def _look_after_sources(runtime: Runtime) -> None:
    await look_after_sources(runtime.database, databases_of(runtime), get_registry_settings().source_seconds)


async def _look_for_duplicates(runtime: Runtime) -> None:
    await look_for_duplicates(runtime.database)


COUNTER = Counter()


async def _count(runtime: Runtime) -> None:
    await COUNTER.count(runtime.database)


async def _load_units(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await load_thanh_hoa(session)
    async with runtime.database.transaction() as session:
        await move_due_residents(session)


MEASURES = (
    SqlGauge(
        Gauge("bakhong_unmatched_events", "Partner events about somebody unknown, still unresolved", ["service"]),
        "SELECT count(*) FROM (SELECT FROM unmatched_event WHERE resolved_at IS NULL LIMIT 100000) AS waiting",
    ),
    SqlGauge(
        Gauge("bakhong_corrections_overdue", "Corrections that nobody decided by their day", ["service"]),
        "SELECT count(*) FROM correction WHERE state = 'received'"
        " AND due_on < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    ),
    SqlGauge(
        Gauge("bakhong_breaches_to_notify", "Breaches whose 72 hours run or have run out", ["service"]),
        "SELECT count(*) FROM data_breach WHERE notified_at IS NULL AND notify_by IS NOT NULL",
    ),
)
service = Service(
    name="registry",
    title="Ba Không: registry",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[
        ScheduledJob("load units", 3600.0, _load_units),
        ScheduledJob("take over lists", 0.3, _import_lists),
        ScheduledJob("refresh from linked databases", 2.0, _refresh),
        ScheduledJob("look after linked databases", 20.0, _look_after_sources),
        ScheduledJob("look for duplicates", 2.0, _look_for_duplicates),
        ScheduledJob("count", 5.0, _count),
    ],
    gauges=MEASURES,
    rotations=ROTATIONS,
)
app = create_app(service)
