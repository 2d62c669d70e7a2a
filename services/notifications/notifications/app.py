"""The HTTP process of notifications."""

from pathlib import Path

from chassis.app import create_app
from chassis.runtime import ScheduledJob, Service
from notifications.handlers import HANDLERS
from notifications.model import Table
from notifications.routes import ROUTERS
from notifications.scheduled_jobs import delete_old_events

EVERY_HOUR = 3600.0

service = Service(
    name="notifications",
    title="Ba Không: notifications",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[ScheduledJob("delete old events", EVERY_HOUR, delete_old_events)],
)

app = create_app(service)
