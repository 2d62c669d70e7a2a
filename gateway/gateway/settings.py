"""What the gateway reads from the environment, beside what every service reads."""

import ipaddress
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from chassis.settings import Settings

Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]


class GatewaySettings(Settings):
    """The gateway's settings; in production there is no dev sign-in and no issuer without TLS."""

    gateway_port: int = 8080
    gateway_url: str | None = None
    """The public address; unset: the host of the request."""
    demo_loaded_file: Path | None = None
    """Set by the launcher while it loads the demo: not ready before the file exists."""

    status_dir: Path | None = None
    """Where the journeys write the measured status for `/status`; unset: the status is the services' readiness."""

    oidc_issuer: str | None = None
    """The OpenID provider of people's tokens; unset: only development sign-in."""
    oidc_audience: str = "bakhong"
    oidc_jwks_url: str | None = None
    """Unset: found by the issuer's discovery document."""
    identity_providers_file: Path | None = None
    """JSON: the providers that sign residents in by their personal number, with the names of their claims and their `acr`
    values (see `gateway.identity.trusted`). `OIDC_ISSUER` may be one of them."""
    played_provider_url: str | None = None
    """Development: the inner address of the played provider, served at `/dev/identity`."""
    played_issuer: str = "http://127.0.0.1:8080/dev/identity"
    """Development: the issuer of the played provider and of residents' development tokens."""
    oidc_client_id: str | None = None
    """The dashboard's client for the code flow; unset: no sign-in on the dashboard."""
    oidc_client_secret: str | None = None

    cors_origins: str = ""
    """Origins of browser applications, separated by commas."""
    caller_requests_per_minute: int = 60_000
    address_requests_per_minute: int = 30_000
    partner_messages_per_minute: int = 60_000
    misses_per_minute: int = 30
    """Wrong guesses of one address: tracking codes, client secrets."""
    requests_at_once: int = 512
    connections_per_address: int = Field(default=128, ge=1)
    """Open connections of one address (of IPv6: one /64 network); more get 429."""
    proxy_networks: str = ""
    """Networks (CIDR) of the reverse proxies in front, separated by commas. Only from them the client's address is
    taken from `X-Forwarded-For`; `connections_per_address` is not for them. Unset: no proxy is trusted."""
    bodies_per_address: int = Field(default=32, ge=1)
    """Request bodies of one address that have begun and not ended; more get 429."""
    anonymous_requests_per_address: int = Field(default=16, ge=1)
    """Requests of one address without a credential that services respond to at once; more get 429."""
    streams_per_address: int = Field(default=16, ge=1)
    """Event streams of one address; more get 429."""
    mailbox_letters: int = 2_000
    """Webhooks that may wait for their commit; more get 503."""
    tls_certificate_file: Path | None = None
    """The public certificate, to export its last day; TLS itself ends before the gateway."""

    @field_validator("proxy_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_of(text)
        return text

    @model_validator(mode="after")
    def _production_is_closed(self) -> Self:
        if self.environment == "production":
            if self.signing_key_file is None:
                raise ValueError("production needs this variable: SIGNING_KEY_FILE")
            if self.oidc_issuer is None:
                raise ValueError("production needs this variable: OIDC_ISSUER")
            if self.played_provider_url is not None:
                raise ValueError("production must not have this variable: PLAYED_PROVIDER_URL")
            for name in ("oidc_issuer", "oidc_jwks_url"):
                if (getattr(self, name) or "https://").startswith("http://"):
                    raise ValueError(f"{name.upper()} must be an https address in production")
        return self

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    def networks_of_proxies(self) -> Networks:
        return networks_of(self.proxy_networks)

    def origins(self) -> frozenset[str]:
        return frozenset(origin.strip() for origin in self.cors_origins.split(",") if origin.strip())


def networks_of(text: str) -> Networks:
    """The networks of a comma-separated list; ValueError when one is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


@cache
def get_gateway_settings() -> GatewaySettings:
    """The settings of this process, read once."""
    return GatewaySettings()
