"""The HTTP process of reporting (with its event process, unless RUN_WORKER is off)."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import Service
from province import get_pack
from reporting.handlers import HANDLERS
from reporting.model import Table
from reporting.pages.places import read_points
from reporting.routes import ROUTERS
from reporting.scheduled_jobs import SCHEDULED_JOBS

service = Service(
    name="reporting",
    title="Ba Không: reporting",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=SCHEDULED_JOBS,
    checks=[lambda: read_points(get_pack())],
)
app = create_app(service)
