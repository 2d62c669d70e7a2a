"""All tables of this service, gathered for migrations and tests."""

from onboarding.model import (
    acts,
    campaigns,
    counting,
    evidence,
    imports,
    journeys,
    notifications,
    observations,
    people,
    reminders,
    rules,
    sessions,
    signature_lists,
    teams,
    territory,
    training,
    visits,
)
from onboarding.model.tables import OnboardingTable

__all__ = [
    "OnboardingTable",
    "acts",
    "campaigns",
    "counting",
    "evidence",
    "imports",
    "journeys",
    "notifications",
    "observations",
    "people",
    "reminders",
    "rules",
    "sessions",
    "signature_lists",
    "teams",
    "territory",
    "training",
    "visits",
]
