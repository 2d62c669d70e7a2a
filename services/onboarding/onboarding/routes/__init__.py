"""The HTTP doors of this service, one file per noun."""

from onboarding.routes import batches, journeys, steps

ROUTERS = (steps.router, journeys.router, batches.router)
