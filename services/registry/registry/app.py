"""The registry: units, residents, organizations, attributes and their sources."""

from pathlib import Path

from prometheus_client import Gauge

from chassis.app import create_app
from chassis.observability.sql_gauges import SqlGauge
from chassis.runtime import Runtime, ScheduledJob, Service
from province import get_pack
from registry.commands.counting import take_counts
from registry.commands.duplicates import find_duplicates
from registry.commands.encryption import encrypt_plain_values
from registry.commands.import_undo import run_open_undos
from registry.commands.imports import run_open_imports
from registry.commands.linked_answers import probe_sources
from registry.commands.move_requests import match_open_moves
from registry.commands.refreshes import run_open_refreshes
from registry.commands.rotation import ROTATIONS
from registry.commands.units import check_pack, correct_names, load_units, move_due_residents, place_ended_units
from registry.handlers import HANDLERS
from registry.model import Table
from registry.model.working_days import get_working_days
from registry.routes import ROUTERS
from registry.settings import get_registry_settings
from registry.sources import databases_of


async def _import_lists(runtime: Runtime) -> None:
    await run_open_imports(runtime.database, get_registry_settings().import_batch_rows)


async def _undo_imports(runtime: Runtime) -> None:
    await run_open_undos(runtime.database)


async def _refresh(runtime: Runtime) -> None:
    seconds = get_registry_settings().source_seconds
    await run_open_refreshes(runtime.database, databases_of(runtime), seconds)


async def _probe_sources(runtime: Runtime) -> None:
    await probe_sources(runtime.database, databases_of(runtime))


async def _find_duplicates(runtime: Runtime) -> None:
    await find_duplicates(runtime.database)


async def _encrypt_plain_values(runtime: Runtime) -> None:
    await encrypt_plain_values(runtime.database)


async def _load_units(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await load_units(session)
    async with runtime.database.transaction() as session:
        await correct_names(session)
    async with runtime.database.transaction() as session:
        await place_ended_units(session)
    async with runtime.database.transaction() as session:
        await move_due_residents(session)


async def _match_moves(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await match_open_moves(session)


GAUGES = (
    SqlGauge(
        Gauge("bakhong_unmatched_events", "Partner events without a known subject, still unresolved", ["service"]),
        "SELECT count(*) FROM (SELECT FROM unmatched_event WHERE resolved_at IS NULL LIMIT 100000) AS waiting",
    ),
    SqlGauge(
        Gauge("bakhong_corrections_overdue", "Corrections undecided after their due day", ["service"]),
        "SELECT count(*) FROM correction WHERE state = 'received'"
        " AND due_on < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    ),
    SqlGauge(
        Gauge("bakhong_breaches_to_notify", "Breaches not yet notified to the authority", ["service"]),
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
        ScheduledJob("import lists", 0.3, _import_lists),
        ScheduledJob("undo imports", 1.0, _undo_imports),
        ScheduledJob("refresh from linked databases", 2.0, _refresh),
        ScheduledJob("probe linked databases", 20.0, _probe_sources),
        ScheduledJob("match moves", 20.0, _match_moves),
        ScheduledJob("find duplicates", 2.0, _find_duplicates),
        ScheduledJob("encrypt plain values", 3600.0, _encrypt_plain_values),
    ],
    gauges=GAUGES,
    rotations=ROTATIONS,
    take_counts=take_counts,
    checks=[lambda: check_pack(get_pack()), get_working_days],
)
app = create_app(service)
