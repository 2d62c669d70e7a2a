from chassis.storage.migrations import run_environment
from notifications import model
from notifications.model import deliveries, events, notifications, partners, people, preferences, subscriptions

__all__ = ["deliveries", "events", "notifications", "partners", "people", "preferences", "subscriptions"]

run_environment(model.metadata)
