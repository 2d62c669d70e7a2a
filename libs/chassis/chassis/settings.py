"""What every service reads from the environment; a service adds its own in its `settings`."""

import base64
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, create_model, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.services import SERVICES

PUBLISHED_KEY = base64.b64encode(b"bakhong development key, no use!").decode()
"""The key of development: published here, so never for production."""
DEFAULT_PROVINCE = Path("deploy/provinces/thanh-hoa")


_addresses: dict[str, Any] = {service.url_setting: (str, f"http://127.0.0.1:{service.port}") for service in SERVICES}
_ServiceAddresses = create_model("_ServiceAddresses", __base__=BaseSettings, **_addresses)
"""One setting for each service of `contracts.services`, such as `registry_url`."""


class Settings(_ServiceAddresses):
    """The common settings. Names are those of the environment, in lower case; an empty variable counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    log_level: str = "INFO"

    province_dir: Path = DEFAULT_PROVINCE
    """The pack of the province: its units, names, calendar and procedures (docs/provinces.md)."""

    database_url: str = "postgresql://bakhong@127.0.0.1:5432"
    """The server; each service has its own database on it, named like the service."""
    database_pool: int = 8
    database_seconds: float = 60
    """How long one statement may stay without an answer before its connection is closed: a lost network sends no error."""
    kafka_bootstrap_servers: str | None = None
    """Unset: the embedded bus, in the database `bus` of the same server."""
    kafka_replication_factor: int = 1
    """Of topics created here; 3 on a cluster. With 2 or more, events are accepted while one replica is missing."""
    kafka_partitions: int | None = Field(default=None, ge=1)
    """Of topics created here; unset: the number in the contracts. An existing topic keeps its number."""
    kafka_partner_event_days: int = Field(default=30, ge=1)
    kafka_dead_letter_days: int = Field(default=90, ge=1)
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: str = "SCRAM-SHA-512"
    kafka_sasl_username: str | None = None
    kafka_sasl_password: str | None = None
    kafka_ssl_ca_file: Path | None = None

    pii_keys: str | None = None
    """`id:base64,...`, newest first: 32 random bytes each, for personal data at rest."""
    pii_index_keys: str | None = None
    """The same form, for blind indexes."""

    internal_keys_file: Path | None = None
    """JSON Web Key Set with the public keys of the gateway and of the services."""
    signing_key_file: Path | None = None
    """This process's private Ed25519 key (PEM); its file name without suffix is the key id and names the signing service."""

    files_dir: Path | None = None
    """Where a service keeps files; its disk is watched."""
    data_dir: Path | None = None
    """Where `make run` keeps its data; its disk is watched where there is no `files_dir`."""

    otel_exporter_otlp_endpoint: str | None = None
    """The OpenTelemetry collector (OTLP over HTTP), such as `http://collector:4318`; unset: no tracing."""

    run_worker: bool = True
    """Whether this process also runs the relay, the event handlers and the scheduled jobs (`make run`: yes)."""
    dead_letter_limit: int = 1000
    """The consumer stops above this number of dead letters: the fault is in the code, not in an event."""

    def service_urls(self) -> dict[str, str]:
        """The address of every service, by name."""
        return {service.name: getattr(self, service.url_setting) for service in SERVICES}

    @model_validator(mode="after")
    def _production_has_its_secrets(self) -> Self:
        needed = ("pii_keys", "pii_index_keys", "internal_keys_file")
        missing = [name.upper() for name in needed if getattr(self, name) is None]
        if self.environment == "production" and missing:
            raise ValueError(f"production needs these variables: {', '.join(missing)}")
        for name in ("pii_keys", "pii_index_keys"):
            if self.environment == "production" and PUBLISHED_KEY in (getattr(self, name) or ""):
                raise ValueError(f"{name.upper()} has the published key of development")
        return self


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
