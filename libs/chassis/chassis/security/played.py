"""The identity provider that development plays: what the gateway, which trusts it, and the demo, which plays it, agree on."""

import hashlib

from chassis.security.identity import Level

PATH = "/dev/identity"
"""Where it is served."""
ACR_VALUES: dict[Level, list[str]] = {1: ["urn:bakhong:played:level-1"], 2: ["urn:bakhong:played:level-2"]}
PERSONAL_ID, FULL_NAME, DATE_OF_BIRTH, LEVEL = "personal_id", "name", "birthdate", "acr"
"""The names of its claims."""


def subject_of(personal_id: str) -> str:
    """The provider's name for the account of a synthetic person."""
    return "p-" + hashlib.sha256(f"played provider|{personal_id}".encode()).hexdigest()[:24]
