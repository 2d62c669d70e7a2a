"""The gateway's process: its own REST doors inside, the public door around them and around every service."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Service
from gateway import model
from gateway.door import Gateway
from gateway.reactions import HEARD
from gateway.routes import ROUTERS
from gateway.settings import get_gateway_settings

service = Service(
    name="gateway",
    title="Ba Không: gateway",
    metadata=model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    reactions=HEARD,
)
inner = create_app(service, get_gateway_settings())
app = Gateway(inner, get_gateway_settings())
