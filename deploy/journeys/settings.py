"""What the journeys read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.services import GATEWAY, SERVICES


@dataclass(frozen=True)
class JourneySettings:
    """Where the platform is, and where the measured status is written."""

    url: str
    addresses: dict[str, str]
    """The base address of each service and of the gateway, inside."""
    folder: Path
    accounts: Path
    seconds: float
    port: int
    """Where Prometheus reads the numbers."""
    status_port: int | None
    """Where `/status` is served; None where a reverse proxy reads the folder."""
    has_receivers: bool

    @classmethod
    def of(cls, variables: Mapping[str, str] = os.environ) -> JourneySettings:
        """The settings; an empty variable counts as unset."""
        given = {name: value for name, value in variables.items() if value.strip()}
        url = given.get("JOURNEYS_URL", "http://gateway-api:8000")
        addresses = {
            each.name: given[each.url_setting.upper()] for each in SERVICES if each.url_setting.upper() in given
        }
        return cls(
            url=url,
            addresses=addresses | {GATEWAY: url},
            folder=Path(given.get("STATUS_DIR", "/var/lib/bakhong")),
            accounts=Path(given.get("JOURNEYS_FILE", "/run/secrets/journeys")),
            seconds=float(given.get("JOURNEYS_SECONDS", "60")),
            port=int(given.get("PORT", "8000")),
            status_port=int(given["STATUS_PORT"]) if "STATUS_PORT" in given else None,
            has_receivers="ALERTS_TO" in given,
        )
