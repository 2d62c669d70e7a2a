"""The HTTP doors of this service, one file per noun."""

from onboarding.routes import batches, campaigns, evidence, journeys, notifications, sessions, steps, teams

ROUTERS = (
    steps.router,
    journeys.router,
    batches.router,
    campaigns.router,
    sessions.router,
    teams.router,
    evidence.router,
    notifications.router,
)
