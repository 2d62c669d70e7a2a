"""The HTTP routes of notifications."""

from notifications.routes import deliveries, events, subscriptions

ROUTERS = [events.router, subscriptions.router, deliveries.router]
