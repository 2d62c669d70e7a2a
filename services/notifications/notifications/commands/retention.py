"""Public events are kept 30 days, with their deliveries and attempts; notifications a year, with their sends."""

from datetime import timedelta

from chassis.storage.retention import Retention

KEPT = timedelta(days=30)

RETENTION = (
    Retention("public_event", "recorded_at", KEPT, "purpose_reached"),
    Retention("notification", "at", timedelta(days=365), "purpose_reached"),
    Retention("planned_notice", "due_at", timedelta(days=365), "purpose_reached"),
)
