"""The HTTP process of payments-qr."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Service
from payments_qr.model import Table
from payments_qr.reactions import HEARD
from payments_qr.routes import ROUTERS

service = Service(
    name="payments-qr",
    title="Ba Không: merchants, QR codes, bills, payments",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    reactions=HEARD,
)

app = create_app(service)
