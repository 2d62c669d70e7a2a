"""Schema changes of onboarding."""

from chassis.storage.migrations import run_environment
from onboarding.model.schema import OnboardingTable

run_environment(OnboardingTable.metadata)
