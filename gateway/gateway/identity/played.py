"""The identity provider that development plays: `POST /dev/token` and `/dev/identity` sign the same people in."""

import hashlib

from chassis.security.identity import Level
from gateway.identity.trusted import ClaimNames, TrustedProvider

PATH = "/dev/identity"
ACR_VALUES: dict[Level, list[str]] = {1: ["urn:bakhong:played:level-1"], 2: ["urn:bakhong:played:level-2"]}
CLAIMS = ClaimNames(personal_id="personal_id", full_name="name", date_of_birth="birthdate")


def played_provider(issuer: str, jwks_url: str | None = None) -> TrustedProvider:
    """The played provider as the gateway trusts it."""
    return TrustedProvider(issuer=issuer, jwks_url=jwks_url, claims=CLAIMS, acr_values=ACR_VALUES)


def subject_of(personal_id: str) -> str:
    """The provider's name for the account of a synthetic person."""
    return "p-" + hashlib.sha256(f"played provider|{personal_id}".encode()).hexdigest()[:24]
