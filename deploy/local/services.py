"""The processes of the platform: their names, their sockets, their environment, and what each runs."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.services import package_of

SOURCES = "sources"
JOURNEYS = "journeys"
COMMUNE_OF_JOURNEYS = "15724"
SOURCES_PLAYED = ("population", "social-insurance", "civil-status", "social-protection")
SECONDS_TO_FINISH_REQUESTS = 5
LIBRARIES = ("fastapi", "sqlmodel", "sqlalchemy.ext.asyncio", "asyncpg", "aiokafka", "aiohttp", "uvicorn", "alembic",
             "chassis.app", "httpx")  # fmt: skip


@dataclass(frozen=True)
class ListeningSockets:
    """The sockets of one process, bound before it starts: the port stays over a restart, and connections wait meanwhile."""

    sockets: tuple[socket.socket, ...]

    @property
    def port(self) -> int:
        port: int = self.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        """Closes them in this process."""
        for each in self.sockets:
            each.close()


def bind_sockets(host: str = "127.0.0.1", port: int = 0) -> ListeningSockets:
    """Binds `host` (and its IPv6 twin for the loopback); OSError when the port is taken."""
    first = _bound(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port)
    twin = []
    if host == "127.0.0.1" and port:
        try:
            twin = [_bound(socket.AF_INET6, "::1", port)]
        except OSError:
            twin = []  # a machine without IPv6, or another program there: IPv4 is enough
    return ListeningSockets((first, *twin))


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def address_variables(sockets: Mapping[str, ListeningSockets]) -> dict[str, str]:
    """`REGISTRY_URL` and the others, for every process."""
    return {
        f"{package_of(name).upper()}_URL": f"http://127.0.0.1:{listening.port}" for name, listening in sockets.items()
    }


def sources_variables(listening: ListeningSockets) -> dict[str, str]:
    """The addresses of the linked databases that the demo simulates, unless the environment names real ones."""
    found = {f"{package_of(name).upper()}_URL": f"http://127.0.0.1:{listening.port}/{name}" for name in SOURCES_PLAYED}
    return {name: url for name, url in found.items() if not os.environ.get(name)}


def own_variables(service: str, data_dir: Path) -> dict[str, str]:
    """Variables of one service: its signing key and its folder of files."""
    files = data_dir / "files" / service
    files.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = {"SIGNING_KEY_FILE": str(data_dir / "keys" / f"{service}.pem"), "FILES_DIR": str(files)}
    return own | set_for(service)


def set_for(service: str) -> dict[str, str]:
    """What the environment sets for one process alone: `PAYMENTS_QR__LOG_LEVEL` is the `LOG_LEVEL` of payments-qr."""
    prefix = f"{package_of(service).upper()}__"
    return {name.removeprefix(prefix): value for name, value in os.environ.items() if name.startswith(prefix)}


def import_libraries() -> None:
    """Load once what every process needs; the forked processes share the memory."""
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()


def migrate(service: str) -> None:
    """Bring the service's database to its newest tables; make it where there is none."""
    from chassis.storage.database import database_url
    from chassis.storage.migrations import upgrade

    described = importlib.import_module(f"{package_of(service)}.app").service
    upgrade(database_url(os.environ["DATABASE_URL"], described.database), described.migrations)


def make_bus_database(server: str) -> None:
    """Create the database of the embedded bus; the bus creates its tables."""
    from chassis.messaging.bus.choose import BUS_DATABASE
    from chassis.storage.database import database_url
    from chassis.storage.migrations import create_database

    asyncio.run(create_database(database_url(server, BUS_DATABASE)))


def serve(service: str, variables: Mapping[str, str], listening: ListeningSockets) -> None:
    """Migrate, then run the service until SIGTERM: requests, event handlers and scheduled jobs in one process.

    One process does both, because the imports cost more than either.
    """
    os.environ.update(variables)
    migrate(service)
    _run(f"{package_of(service)}.app", listening)


def can_play_sources() -> bool:
    """Whether the played databases are part of this installation."""
    return (Path(__file__).parents[1] / "demo/sources/app.py").exists()


def played_provider_variables(listening: ListeningSockets, public_url: str) -> dict[str, str]:
    """Where the played identity provider is, and the issuer under which the gateway serves it."""
    return {
        "PLAYED_PROVIDER_URL": f"http://127.0.0.1:{listening.port}",
        "PLAYED_ISSUER": f"{public_url.rstrip('/')}/dev/identity",
    }


def receiver_variables(listening: ListeningSockets, variables: Mapping[str, str]) -> dict[str, str]:
    """Where the played backend of the app receives events, and from which platform."""
    return {
        "RECEIVER_URL": f"http://127.0.0.1:{listening.port}/demo-app",
        "RECEIVES_FROM_URL": f"http://127.0.0.1:{variables['GATEWAY_PORT']}",
        "DATA_DIR": variables["DATA_DIR"],
    }


def serve_sources(listening: ListeningSockets, variables: Mapping[str, str]) -> None:
    """Play the databases that a province links, an identity provider, and the backend of the app, until SIGTERM."""
    os.environ.update(variables)
    _run("deploy.demo.sources.app", listening)


def _run(module: str, listening: ListeningSockets) -> None:
    import uvicorn
    from prometheus_client import start_http_server

    if port := os.environ.get("METRICS_PORT"):
        start_http_server(int(port), "127.0.0.1")  # of the gateway, whose public port has no /metrics
    served = importlib.import_module(module)
    config = uvicorn.Config(
        served.app,
        http=getattr(served, "http_protocol", "h11"),  # not httptools: an offered upgrade would smuggle requests
        h11_max_incomplete_event_size=65_536,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the gateway itself trusts exactly PROXY_NETWORKS
        timeout_graceful_shutdown=SECONDS_TO_FINISH_REQUESTS,
    )
    uvicorn.Server(config).run(sockets=list(listening.sockets))


def take_journeys(url: str, data_dir: Path, addresses: Mapping[str, str]) -> None:
    """The synthetic journeys until SIGTERM; the first start makes their accounts."""
    from deploy.demo.api_client import ApiClient
    from deploy.journeys.__main__ import main
    from deploy.journeys.accounts import Accounts
    from deploy.journeys.prepare import prepare
    from deploy.local.ports import free_port

    accounts, status = data_dir / "keys/journeys.json", data_dir / "status"
    status.mkdir(exist_ok=True)
    if Accounts.read(accounts) is None:
        with ApiClient(url) as api:
            prepare(api, COMMUNE_OF_JOURNEYS).write(accounts)
    own = {"JOURNEYS_URL": url, "JOURNEYS_FILE": str(accounts), "STATUS_DIR": str(status), "PORT": str(free_port())}
    os.environ.update({**addresses, **own})
    main([])


def load_demo(url: str, mark: Path) -> None:
    """Load the demo through the public listening, wait until the reports count it, and leave the mark."""
    from deploy.demo.load import load

    load(url, mark)
