"""All tables of this service, gathered for migrations and tests."""

from onboarding.model import (
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
