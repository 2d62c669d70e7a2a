"""The REST routes of this service, one file per noun."""

from onboarding.routes import (
    acts,
    batches,
    campaigns,
    checklists,
    evidence,
    imports,
    journeys,
    sessions,
    signature_lists,
    standings,
    steps,
    teams,
)

ROUTERS = (
    steps.router,
    journeys.router,
    batches.router,
    campaigns.router,
    sessions.router,
    teams.router,
    evidence.router,
    standings.router,
    acts.router,
    imports.router,
    signature_lists.router,
    checklists.router,
)
