"""What this service reads from the environment, besides the common settings."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class OnboardingSettings(BaseSettings):
    """Where uploaded files rest, encrypted and under random names."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    files_dir: Path = Path(".data/files/onboarding")


@cache
def get_settings() -> OnboardingSettings:
    """The settings of this process, read once."""
    return OnboardingSettings()
