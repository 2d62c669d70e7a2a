"""The HTTP routes of notifications."""

from notifications.routes import channels, deliveries, events, subscriptions

ROUTERS = [events.router, subscriptions.router, deliveries.router, channels.router]
