"""The gateway's process: its own REST doors inside, the public door around them and around every service."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import ScheduledJob, Service
from gateway import model
from gateway.commands.housekeeping import ROTATIONS, forget
from gateway.door import Gateway
from gateway.handlers import HANDLERS
from gateway.header_timeout import protocol_of
from gateway.routes import ROUTERS
from gateway.settings import get_gateway_settings

service = Service(
    name="gateway",
    title="Ba Không: gateway",
    metadata=model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=(ScheduledJob("forget messages", 3600.0, forget),),
    rotations=ROTATIONS,
)
inner = create_app(service, get_gateway_settings(), is_observed=False)
app = Gateway(inner, get_gateway_settings())
http_protocol = protocol_of(get_gateway_settings())
"""For the server that runs `app`."""
