"""The HTTP process of payments-qr."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Runtime, Service, Timed
from payments_qr.commands.counting import Counting
from payments_qr.model import Table
from payments_qr.reactions import HEARD
from payments_qr.routes import ROUTERS

_counting = Counting()


async def _count(runtime: Runtime) -> None:
    await _counting.count_now_and_then(runtime.database)


service = Service(
    name="payments-qr",
    title="Ba Không: merchants, QR codes, bills, payments",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    reactions=HEARD,
    timed=[Timed("count", 5.0, _count)],
)

app = create_app(service)
