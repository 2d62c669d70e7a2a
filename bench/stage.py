"""Where a benchmark plays: its own durable PostgreSQL, keys, databases, and processes pinned to their cores."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.machine import Cores
from chassis.security.identity import Caller, TokenSigner, write_keys
from chassis.storage.database import asyncpg_url, database_url
from contracts.services import EVERY_PROCESS, package_of
from deploy.local.keys import personal_data_keys
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres

T = TypeVar("T")
WITHOUT_LIMITS = {
    "CALLER_REQUESTS_PER_MINUTE": "100000000",
    "ADDRESS_REQUESTS_PER_MINUTE": "100000000",
    "PARTNER_MESSAGES_PER_MINUTE": "100000000",
}
"""The generator is one caller from one address: its rate is what is measured, not the limits."""
SECONDS_TO_START = 60
HOUR = 3600


@dataclass
class Process:
    """A running HTTP process and where it listens."""

    name: str
    port: int
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it; what it had open is gone."""
        if self.popen.poll() is None:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(6)
                return
            self.popen.kill()
            self.popen.wait()


@dataclass
class Stage:
    """One run's ground. `with Stage(...) as stage`: nothing of it runs afterwards, the files are removed."""

    folder: Path
    cores: Cores
    variables: dict[str, str] = field(default_factory=dict)
    _running: list[Process] = field(default_factory=list)
    _postgres: EmbeddedPostgres | None = None

    def __enter__(self) -> "Stage":
        self._remove()
        self.folder.mkdir(parents=True)
        self._postgres = EmbeddedPostgres(self.folder / "database", durable=True)
        server = self._postgres.start()
        assert self._postgres.pid is not None
        os.sched_setaffinity(self._postgres.pid, self.cores.database)
        keys = self.folder / "keys"
        self.variables = personal_data_keys(keys) | {
            "ENVIRONMENT": "development",
            "DEMO": "0",
            "DATABASE_URL": server,
            "DATA_DIR": str(self.folder),
            "INTERNAL_KEYS_FILE": str(write_keys(keys, list(EVERY_PROCESS))),
            "LOG_LEVEL": "WARNING",
            **WITHOUT_LIMITS,
        }
        os.environ.update(self.variables)
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running):
            process.stop()
        if self._postgres is not None:
            self._postgres.stop()
        self._remove()

    def _remove(self) -> None:
        for note in self.folder.rglob("postgres.place"):
            shutil.rmtree(note.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def server(self) -> str:
        """The URL of the database server."""
        return self.variables["DATABASE_URL"]

    @property
    def postgres_pid(self) -> int:
        """The postmaster."""
        assert self._postgres is not None
        assert self._postgres.pid is not None
        return self._postgres.pid

    def database(self, service: str) -> str:
        """The URL of a service's database."""
        return database_url(self.server, package_of(service))

    @contextlib.contextmanager
    def on_every_core(self) -> Iterator[None]:
        """For what is stated with the machine instead of as a ratio: platform, PostgreSQL and generator share all cores."""
        apart, together = self.cores, frozenset(os.sched_getaffinity(0))
        self.cores = Cores(together, together, together)
        os.sched_setaffinity(self.postgres_pid, together)
        try:
            yield
        finally:
            self.cores = apart
            os.sched_setaffinity(self.postgres_pid, apart.database)

    def migrate(self, *services: str) -> None:
        """The databases of services, with their tables, and the bus's."""
        program = (
            "import asyncio, importlib, os, sys\n"
            "from chassis.storage.database import database_url\n"
            "from chassis.storage.migrations import create_database, upgrade\n"
            "server = os.environ['DATABASE_URL']\n"
            "asyncio.run(create_database(database_url(server, 'bus')))\n"
            "for name in sys.argv[1:]:\n"
            "    service = importlib.import_module(name.replace('-', '_') + '.app').service\n"
            "    upgrade(database_url(server, service.database), service.migrations)\n"
        )
        subprocess.run([sys.executable, "-c", program, *services], check=True, env=self._environment({}))

    def serve(
        self,
        target: str,
        *,
        name: str,
        service: str | None = None,
        variables: Mapping[str, str] | None = None,
        cores: frozenset[int] | None = None,
        port: int | None = None,
        ready: str = "/healthz",
    ) -> Process:
        """Start `module:app` on a free port and wait until it answers `ready`."""
        port = port or free_port()
        own = dict(variables or {})
        if service is not None:
            own |= {
                "SIGNING_KEY_FILE": str(self.folder / f"keys/{service}.pem"),
                "FILES_DIR": str(self.folder / "files" / service),
            }
        log = self.folder / f"{name}.log"
        pinned = ",".join(map(str, sorted(cores or self.cores.measured)))
        with log.open("ab") as output:
            popen = subprocess.Popen(
                [sys.executable, "-m", "bench.serve", pinned, str(port), target],
                env=self._environment(own),
                stdout=output,
                stderr=output,
            )
        process = Process(name, port, popen, log)
        self._running.append(process)
        self._wait(process, ready)
        return process

    @contextlib.contextmanager
    def serving(self, target: str, **options: Any) -> Iterator[Process]:
        """`serve` for as long as the context lasts."""
        process = self.serve(target, **options)
        try:
            yield process
        finally:
            process.stop()
            self._running.remove(process)

    def run(self, command: Sequence[str], cores: frozenset[int]) -> str:
        """Run a program on given cores to its end; its output."""
        pinned = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
        done = subprocess.run(pinned, capture_output=True, text=True, env=self._environment({}))
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def query(self, database: str, statement: str, *arguments: Any) -> list[Any]:
        """Rows of one statement on the database of a service (or of that name)."""

        async def ask() -> list[Any]:
            connection = await asyncpg.connect(asyncpg_url(self.database(database)))
            try:
                return list(await connection.fetch(statement, *arguments))
            finally:
                await connection.close()

        return complete(ask())

    def vacuum(self, services: Sequence[str]) -> None:
        """What autovacuum would do within a minute of a large import: space and statistics in order."""

        async def sweep() -> None:
            for service in services:
                connection = await asyncpg.connect(asyncpg_url(self.database(service)))
                await connection.execute("VACUUM (ANALYZE)")
                await connection.close()

        complete(sweep())

    def token(self, caller: Caller) -> str:
        """An internal token that lasts for the whole benchmark."""
        key = serialization.load_pem_private_key((self.folder / "keys/gateway.pem").read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        signer = TokenSigner("gateway", key, lifetime_seconds=4 * HOUR)
        return signer.token(caller)

    def _environment(self, own: Mapping[str, str]) -> dict[str, str]:
        return dict(os.environ) | self.variables | dict(own)

    def _wait(self, process: Process, path: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if process.popen.poll() is not None:
                break
            if is_ready(process.url + path):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{process.name} did not start: {process.log.read_text()[-3000:]}")


def is_ready(url: str) -> bool:
    """Whether it answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def complete(work: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine to its end."""
    return asyncio.run(work)


def ask(method: str, url: str, *, token: str | None = None, body: Any = None, purpose: str | None = None) -> Any:
    """One request of the preparation, not of the measurement; the JSON of the answer, or an error with its text."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if purpose:
        headers["X-Purpose"] = purpose
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read()[:500]!r}") from error


def wait_for(condition: Any, seconds: float, what: str) -> None:
    """Look again and again until something holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(RuntimeError, OSError):
            if condition():
                return
        time.sleep(0.1)
    raise RuntimeError(f"not within {seconds} s: {what}")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
