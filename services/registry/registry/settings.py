"""Settings of the registry beyond those of every service."""

from functools import cache
from pathlib import Path

from pydantic import Field

from chassis.settings import Settings
from province import get_pack


class RegistrySettings(Settings):
    """Addresses of the linked databases; one without an address is not linked."""

    calendar_file: Path = Field(default_factory=lambda: get_pack().calendar)
    """The working calendar; unset: that of the province's pack."""
    population_url: str | None = None
    social_insurance_url: str | None = None
    civil_status_url: str | None = None
    social_protection_url: str | None = None
    xroad_client: str | None = None
    """Set where the databases are reached over X-Road: `instance/class/member/subsystem` of this registry."""
    source_seconds: float = 1.2
    """How long a form waits for all linked databases together, in seconds."""
    import_batch_rows: int = 1000
    import_max_bytes: int = 200 * 1024 * 1024


@cache
def get_registry_settings() -> RegistrySettings:
    """The settings of this process, read once."""
    return RegistrySettings()
