"""The identity provider that development plays, as the gateway trusts it."""

from chassis.security.played import ACR_VALUES, DATE_OF_BIRTH, FULL_NAME, LEVEL, PERSONAL_ID
from gateway.identity.trusted import ClaimNames, TrustedProvider

CLAIMS = ClaimNames(personal_id=PERSONAL_ID, full_name=FULL_NAME, date_of_birth=DATE_OF_BIRTH, level=LEVEL)


def played_provider(issuer: str, jwks_url: str | None = None) -> TrustedProvider:
    """The played provider: `POST /dev/token` and `/dev/identity` sign the same people in."""
    return TrustedProvider(issuer=issuer, jwks_url=jwks_url, claims=CLAIMS, acr_values=ACR_VALUES)
