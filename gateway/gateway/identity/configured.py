"""The identity providers and the sign-in that the settings ask for."""

from chassis.security.played import PATH as PLAYED_PATH
from chassis.storage.database import Database
from gateway.identity.credentials import SignerFile
from gateway.identity.ended_sessions import EndedSessions
from gateway.identity.oidc import IdentityProvider
from gateway.identity.played import played_provider
from gateway.identity.sessions import DashboardSessions
from gateway.identity.trusted import TrustedProvider, read_trusted_providers
from gateway.settings import GatewaySettings


def provider_of(settings: GatewaySettings) -> IdentityProvider | None:
    """The provider of officers' and partners' people; None where none is set."""
    if settings.oidc_issuer is None:
        return None
    return IdentityProvider(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url)


def sessions_of(
    settings: GatewaySettings, provider: IdentityProvider | None, signer: SignerFile, database: Database
) -> DashboardSessions | None:
    """Sign-in on the dashboard; None without a client at the provider."""
    if provider is None or settings.oidc_client_id is None:
        return None
    return DashboardSessions(settings, provider, lambda: signer.session_key, EndedSessions(database))


def trusted_providers(settings: GatewaySettings) -> dict[str, TrustedProvider]:
    """Providers whose statement of a personal number is trusted, by issuer; in development the played one too."""
    trusted = read_trusted_providers(settings.identity_providers_file)
    if settings.is_development and settings.played_provider_url:
        issuer, inside = settings.played_issuer.rstrip("/"), settings.played_provider_url.rstrip("/")
        trusted[issuer] = played_provider(issuer, f"{inside}{PLAYED_PATH}/jwks")
    return trusted
