"""The HTTP process of payments-qr."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Runtime, ScheduledJob, Service
from payments_qr.commands.counting import take_counts
from payments_qr.commands.missing_movements import book_missing_movements
from payments_qr.commands.owners import link_owners
from payments_qr.commands.payload_indexes import index_payloads
from payments_qr.commands.reminders import remind_of_bills
from payments_qr.commands.rotation import ROTATIONS
from payments_qr.handlers import HANDLERS
from payments_qr.model import Table
from payments_qr.routes import ROUTERS
from province import get_pack


async def _link(runtime: Runtime) -> None:
    await link_owners(runtime.database, runtime.service_client)


async def _index(runtime: Runtime) -> None:
    await index_payloads(runtime.database)


async def _remind(runtime: Runtime) -> None:
    await remind_of_bills(runtime.database)


async def _book_missing(runtime: Runtime) -> None:
    await book_missing_movements(runtime.database)


service = Service(
    name="payments-qr",
    title="Ba Không: merchants, QR codes, bills, payments",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[
        ScheduledJob("link owners", 10.0, _link),
        ScheduledJob("index payloads", 60.0, _index),
        ScheduledJob("remind of bills", 600.0, _remind),
        ScheduledJob("book missing movements", 600.0, _book_missing),
    ],
    rotations=ROTATIONS,
    take_counts=take_counts,
    checks=[get_pack],
)

app = create_app(service)
