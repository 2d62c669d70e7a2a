from chassis.storage.migrations import run_environment
from notifications import model
from notifications.model import deliveries, events, partners, subscriptions

__all__ = ["deliveries", "events", "partners", "subscriptions"]

run_environment(model.metadata)
