"""What a container of a service runs: `migrate` (once, and checks the keys), `api` (HTTP), `worker` (relay, event handlers,
scheduled jobs), `both` (in one process), `check-keys` (are all keys available?), `rebuild` (the reports), `sbom` (what the image
contains).

A secret may come as a file: `DATABASE_URL_FILE` names a file with the value of `DATABASE_URL`.
"""

import importlib
import os
import runpy
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRETS = (
    "DATABASE_URL", "DATABASE_ADMIN_URL", "PII_KEYS", "PII_INDEX_KEYS", "KAFKA_SASL_PASSWORD", "OIDC_CLIENT_SECRET",
    "SMS_TOKEN", "ZNS_TOKEN", "SMS_RECEIPT_SECRET", "ZNS_RECEIPT_SECRET", "MAIL_RECEIPT_SECRET",
)  # fmt: skip
SECONDS_TO_FINISH_REQUESTS = 15


@dataclass(frozen=True)
class ContainerSettings:
    """What this program reads from the environment; the service reads its own settings after it."""

    service: str
    address: str
    port: int
    metrics_port: int | None
    authorities_file: str | None
    database_admin_url: str | None

    @property
    def package(self) -> str:
        """The Python package of the service that this image holds."""
        return self.service.replace("-", "_")


def read_settings(variables: Mapping[str, str] = os.environ) -> ContainerSettings:
    """The settings; an empty variable counts as unset. KeyError without SERVICE, which the image sets."""
    metrics_port = variables.get("METRICS_PORT")
    return ContainerSettings(
        service=variables["SERVICE"],
        address=variables.get("LISTEN_ADDRESS") or "0.0.0.0",
        port=int(variables.get("PORT") or "8000"),
        metrics_port=int(metrics_port) if metrics_port else None,
        authorities_file=variables.get("AUTHORITIES_FILE") or None,
        database_admin_url=variables.get("DATABASE_ADMIN_URL") or None,
    )


def main(action: str) -> int:
    """Run `action`; returns the exit code."""
    read_secrets()
    match action:
        case "migrate":
            migrate()
            return check_keys()
        case "check-keys":
            return check_keys()
        case "sbom":
            return int(importlib.import_module("sbom").main())
        case "api" | "worker" | "both":
            os.environ["RUN_WORKER"] = str(action != "api").lower()
            serve()
        case "rebuild":
            runpy.run_module(f"{read_settings().package}.rebuild", run_name="__main__")
        case _:
            print(f"unknown: {action}; known: migrate, api, worker, both, check-keys, rebuild, sbom", file=sys.stderr)
            return 2
    return 0


def read_secrets() -> None:
    """Put the contents of secret files where the settings look."""
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if path and not os.environ.get(name) and Path(path).exists():
            os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
    if authorities := read_settings().authorities_file:
        os.environ["SSL_CERT_FILE"] = authorities  # a province's own authority, for the provider of identities


def migrate() -> None:
    """Make the service's role and database if there are none, and bring it to its newest tables as that role."""
    import asyncio

    from chassis.settings import get_settings
    from chassis.storage.database import database_url
    from chassis.storage.migrations import upgrade
    from chassis.storage.roles import prepare_role

    service = importlib.import_module(f"{read_settings().package}.app").service
    own = database_url(get_settings().database_url, service.database)
    if admin := read_settings().database_admin_url:
        asyncio.run(prepare_role(admin, own))
    upgrade(own, service.migrations)


def check_keys() -> int:
    """0 when every key with which the service's data were encrypted is available; the service starts only then."""
    import asyncio

    from chassis.security.key_check import KeysMissing
    from chassis.security.key_check import check_keys as check
    from chassis.settings import get_settings
    from chassis.storage.database import database_url

    service = importlib.import_module(f"{read_settings().package}.app").service
    settings = get_settings()
    try:
        used = asyncio.run(check(database_url(settings.database_url, service.database), service.metadata, settings))
    except KeysMissing as missing:
        print(f"{service.name}: {missing}", file=sys.stderr)
        return 1
    print(f"{service.name}: keys in use: {', '.join(used) or 'none yet'}; all available")
    return 0


def serve() -> None:
    """Serve until SIGTERM. A worker serves only /readyz and /metrics, inside the network."""
    import uvicorn
    from prometheus_client import start_http_server

    settings = read_settings()
    if settings.metrics_port:
        start_http_server(settings.metrics_port, settings.address)  # the gateway's public port has no /metrics
    served = importlib.import_module(f"{read_settings().package}.app")
    uvicorn.run(
        served.app,
        http=getattr(served, "http_protocol", "h11"),  # not httptools: an offered upgrade would smuggle requests
        h11_max_incomplete_event_size=65_536,
        ws="none",
        host=settings.address,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH_REQUESTS,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "api"))
