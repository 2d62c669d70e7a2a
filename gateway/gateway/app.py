"""The gateway's process: a FastAPI application for its own REST operations inside the ASGI application for all requests."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Service
from gateway import model
from gateway.asgi import Gateway
from gateway.commands.housekeeping import RETENTION, ROTATIONS
from gateway.edge.header_timeout import protocol_of
from gateway.handlers import HANDLERS
from gateway.routes import ROUTERS
from gateway.settings import get_gateway_settings
from province import get_pack

service = Service(
    name="gateway",
    title="Ba Không: gateway",
    metadata=model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    retention=RETENTION,
    rotations=ROTATIONS,
    checks=[get_pack],
)
inner = create_app(service, get_gateway_settings(), is_observed=False)
app = Gateway(inner, get_gateway_settings())
http_protocol = protocol_of(get_gateway_settings())
"""For the server that runs `app`."""
