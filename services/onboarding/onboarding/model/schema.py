"""All tables of this service, gathered for migrations and tests."""

from onboarding.model import journeys, people, teams, visits
from onboarding.model.tables import OnboardingTable

__all__ = ["OnboardingTable", "journeys", "people", "teams", "visits"]
