"""Identity providers whose statement of a personal number is trusted, as `IDENTITY_PROVIDERS_FILE` lists them.

{"providers": [{
    "issuer": "https://id.example.vn/realms/citizens",
    "audience": "bakhong",
    "jwks_url": null,
    "claims": {"personal_id": "personal_id", "full_name": "name", "date_of_birth": "birthdate", "level": "acr",
               "signed_in_at": "auth_time"},
    "acr_values": {"1": ["urn:example:level-1"], "2": ["urn:example:level-2"]}
}]}
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from chassis.errors import Unauthenticated
from chassis.security.identity import Level
from chassis.security.levels import InsufficientLevel
from chassis.security.sign_in import Claims

NUMBER_LENGTHS = (9, 12)


class ClaimNames(BaseModel):
    """The names of a provider's claims; a dot leads into an object (`citizen.number`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    personal_id: str
    full_name: str = "name"
    date_of_birth: str = "birthdate"
    level: str = "acr"
    signed_in_at: str | None = None
    """The time of the sign-in (Unix seconds). Named, it must be there; left out, `auth_time` counts where it is stated."""


class TrustedProvider(BaseModel):
    """A provider that may sign residents in by their personal number. It gives no other role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    audience: str = "bakhong"
    jwks_url: str | None = None
    claims: ClaimNames
    acr_values: dict[Annotated[Level, BeforeValidator(int)], list[str]]

    def person_of(self, claims: Mapping[str, Any]) -> Claims:
        """Whom a verified token is about."""
        number = "".join(character for character in _text(claims, self.claims.personal_id) if character.isdigit())
        return Claims(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            personal_id=number if len(number) in NUMBER_LENGTHS else None,
            full_name=_text(claims, self.claims.full_name) or None,
            date_of_birth=_text(claims, self.claims.date_of_birth) or None,
        )

    def level_of(self, claims: Mapping[str, Any]) -> Level:
        """The level of a verified token; InsufficientLevel where the provider states none that is listed."""
        stated = _text(claims, self.claims.level)
        for level in sorted(self.acr_values, reverse=True):
            if stated in self.acr_values[level]:
                return level
        least = " ".join(self.acr_values[min(self.acr_values)])
        challenge = f'Bearer error="insufficient_user_authentication", acr_values="{least}"'
        raise InsufficientLevel(headers={"WWW-Authenticate": challenge}, members={"level": 1})

    def signed_in_at(self, claims: Mapping[str, Any]) -> int:
        """When the person signed in (Unix seconds); Unauthenticated where the named claim is missing.

        Without `auth_time` it is the time of issue, which a refreshed token moves: name the claim wherever tokens are refreshed.
        """
        if self.claims.signed_in_at is None:
            return int(claims.get("auth_time") or claims["iat"])
        stated = _text(claims, self.claims.signed_in_at)
        if not stated.isdecimal():
            raise Unauthenticated
        return int(stated)

    def step_up_of(self, level: Level) -> str | None:
        """The `acr` values by which the provider is asked for level 2; None for who has it."""
        return None if level == 2 else " ".join(self.acr_values.get(2, []))


def read_trusted_providers(path: Path | None) -> dict[str, TrustedProvider]:
    """The providers of a file, by issuer; ValueError when one is not as described above."""
    if path is None:
        return {}
    listed = json.loads(path.read_text(encoding="utf-8"))["providers"]
    providers = [TrustedProvider.model_validate(entry) for entry in listed]
    return {provider.issuer.rstrip("/"): provider for provider in providers}


def _text(claims: Mapping[str, Any], name: str) -> str:
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""
