"""The HTTP routes of notifications."""

from notifications.routes import channels, deliveries, events, notifications, subscriptions

ROUTERS = [events.router, subscriptions.router, deliveries.router, channels.router, notifications.router]
