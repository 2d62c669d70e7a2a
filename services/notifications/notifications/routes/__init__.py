"""The HTTP routes of notifications."""

from notifications.routes import events

ROUTERS = [events.router]
