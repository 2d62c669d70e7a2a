"""The HTTP process of notifications."""

from functools import partial
from pathlib import Path

from chassis.app import create_app
from chassis.runtime import ScheduledJob, Service, SharedWork
from notifications.channels import metrics as channel_metrics
from notifications.channels.loop import send_to_people
from notifications.commands.retention import RETENTION
from notifications.commands.rotation import ROTATIONS
from notifications.handlers import HANDLERS
from notifications.model import Table
from notifications.model.notification_texts import title_of
from notifications.routes import ROUTERS
from notifications.routes.webhooks import add_webhooks
from notifications.scheduled_jobs import notify_planned, warn_owners_of_failing
from notifications.sender.loop import send_forever
from notifications.sender.metrics import GAUGES

EVERY_HOUR = 3600.0

service = Service(
    name="notifications",
    title="Ba Không: notifications",
    metadata=Table.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=ROUTERS,
    handlers=HANDLERS,
    scheduled_jobs=[
        ScheduledJob("tell what is planned", 2.0, notify_planned),
        ScheduledJob("warn owners of failing endpoints", 1.0, warn_owners_of_failing),
    ],
    shared_work=[
        SharedWork("sender", send_forever),
        SharedWork("channels", partial(send_to_people, title_of=title_of)),
    ],
    gauges=(*GAUGES, *channel_metrics.GAUGES),
    rotations=ROTATIONS,
    retention=RETENTION,
)

app = create_app(service)
add_webhooks(app.webhooks)
