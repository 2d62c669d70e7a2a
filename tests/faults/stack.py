"""The platform of `make run` with a line of the tests in front of each of its connections."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from contracts.services import EVERY_PROCESS, GATEWAY, SERVICE_NAMES, package_of
from deploy.demo.api_client import ApiClient
from deploy.demo.load import load_units
from deploy.kafka.broker import KafkaBroker
from deploy.local.keys import personal_data_keys
from deploy.local.ports import free_port
from deploy.local.postgres import SUPERUSER
from deploy.local.started import Started
from tests.faults.lines import Address, Line, Lines

LINE_OF_POSTGRES_PID_FILE = 3
SECONDS_FOR_A_STATEMENT = "5"  # a minute in production; too long for a test


class Stack:
    """The running platform; `database`, `broker` and `services` are the lines of each process.

    `services[name]` is between the gateway and that service, `broker` is empty on the embedded bus (whose log is a database).
    """

    def __init__(self, directory: Path, lines: Lines, *, with_broker: bool = False) -> None:
        self.data_dir = directory / "data"
        self.platform = Started(self.data_dir)
        self.ports = {name: free_port() for name in SERVICE_NAMES}
        self.database = {name: lines.open(f"{name} - PostgreSQL", self._postgres) for name in EVERY_PROCESS}
        self.services = {name: lines.open(f"gateway - {name}", self._service(name)) for name in SERVICE_NAMES}
        self.broker: dict[str, Line] = {}
        self.kafka: KafkaBroker | None = None
        if with_broker:
            self.broker = {name: lines.open(f"{name} - Kafka", self._kafka(name)) for name in EVERY_PROCESS}
            advertised = {_capitals(name): line.port for name, line in self.broker.items()}
            self.kafka = KafkaBroker(directory / "kafka", advertised=advertised)

    @property
    def url(self) -> str:
        return self.platform.url

    @property
    def database_server(self) -> str:
        """The server's URL past every line."""
        host, port = self._postgres()
        return f"postgresql://{SUPERUSER}:{self._password}@{host}:{port}"

    @property
    def lines(self) -> list[Line]:
        return [*self.database.values(), *self.services.values(), *self.broker.values()]

    def start(self, variables: Mapping[str, str]) -> None:
        self.data_dir.mkdir(mode=0o755)
        self._password = secrets.token_urlsafe(24)
        (self.data_dir / "postgres.password").write_text(self._password)
        if self.kafka is not None:
            self.kafka.start()
        self.platform = Started(self.data_dir, self._variables() | variables)
        self.platform.start()
        with ApiClient(self.url) as api:
            load_units(api)

    def stop(self) -> None:
        self.heal()
        self.platform.stop()
        if self.kafka is not None:
            self.kafka.stop()

    def heal(self) -> None:
        """Every line is sound."""
        for line in self.lines:
            line.heal()

    def pid(self, name: str) -> int:
        """The process id of a service, the gateway or `postgres`."""
        return int(self.platform.note()["processes"][name])

    def environment_of(self, name: str) -> dict[str, str]:
        """What a further process of a service needs to be advertised."""
        keys = self.data_dir / "keys"
        own = personal_data_keys(keys) | {
            "ENVIRONMENT": "development",
            "DATA_DIR": str(self.data_dir),
            "SIGNING_KEY_FILE": str(keys / f"{name}.pem"),
            "INTERNAL_KEYS_FILE": str(keys / "public.json"),
            "FILES_DIR": str(self.data_dir / "files" / name),
            "DATABASE_URL": self._server_behind(self.database[name]),
        }
        own |= {f"{_capitals(other)}_URL": f"http://127.0.0.1:{port}" for other, port in self.ports.items()}
        return own | ({"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.broker[name].port}"} if self.broker else {})

    def _variables(self) -> dict[str, str]:
        set_for: dict[str, str] = {"DEMO": "0", "DATABASE_SECONDS": SECONDS_FOR_A_STATEMENT}
        for name in EVERY_PROCESS:
            prefix = _capitals(name)
            set_for[f"{prefix}__DATABASE_URL"] = self._server_behind(self.database[name])
            if self.broker:
                set_for[f"{prefix}__KAFKA_BOOTSTRAP_SERVERS"] = f"127.0.0.1:{self.broker[name].port}"
        for name in SERVICE_NAMES:
            set_for[f"{_capitals(name)}__PORT"] = str(self.ports[name])
            set_for[f"{_capitals(GATEWAY)}__{_capitals(name)}_URL"] = f"http://127.0.0.1:{self.services[name].port}"
        if self.kafka is not None:
            set_for["KAFKA_BOOTSTRAP_SERVERS"] = self.kafka.bootstrap_servers
        return set_for

    def _server_behind(self, line: Line) -> str:
        return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{line.port}"

    def _postgres(self) -> Address:
        """Where the embedded server listens; OSError (which a line takes for "connection refused") while it does not run."""
        words = (self.data_dir / "postgres/cluster/postmaster.pid").read_text().splitlines()
        if len(words) <= LINE_OF_POSTGRES_PID_FILE:
            raise ConnectionRefusedError("PostgreSQL starts")
        return "127.0.0.1", int(words[LINE_OF_POSTGRES_PID_FILE])

    def _service(self, name: str) -> Callable[[], Address]:
        return lambda: ("127.0.0.1", self.ports[name])

    def _kafka(self, name: str) -> Callable[[], Address]:
        return lambda: ("127.0.0.1", self.kafka.listeners[_capitals(name)] if self.kafka else 0)


@contextlib.contextmanager
def running_stack(
    variables: Mapping[str, str] | None = None, *, with_broker: bool = False, directory: Path | None = None
) -> Iterator[Stack]:
    """A platform for some tests; its data is gone afterwards. `directory`: where the data shall be."""
    place = directory or Path(tempfile.mkdtemp(prefix="bakhong-faults-"))
    place.chmod(0o755)
    with Lines() as lines:
        stack = Stack(place, lines, with_broker=with_broker)
        try:
            stack.start(variables or {})
            yield stack
        finally:
            stack.stop()
            shutil.rmtree(place, ignore_errors=True)


def _capitals(name: str) -> str:
    return package_of(name).upper()
