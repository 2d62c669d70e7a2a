"""All tables of this service, gathered for migrations and tests."""

from onboarding.model import campaigns, evidence, journeys, notifications, people, sessions, teams, territory, visits
from onboarding.model.tables import OnboardingTable

__all__ = [
    "OnboardingTable",
    "campaigns",
    "evidence",
    "journeys",
    "notifications",
    "people",
    "sessions",
    "teams",
    "territory",
    "visits",
]
