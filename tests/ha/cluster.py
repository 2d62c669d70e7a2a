"""The three hosts together, and what their own tools tell about them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

from deploy.ha.__main__ import host_settings, make_secrets
from tests.ha import network
from tests.ha.brokers import missing_copies
from tests.ha.machine import Host

KAFKA_CLUSTER = "YmFraG9uZy1vbi0zLWhvcw"
DOMAIN = "bakhong.test"
DATABASE_ONLY = frozenset({"etcd", "patroni"})
SETTINGS = {
    "ENVIRONMENT": "development",
    "DOMAIN": DOMAIN,
    "PUBLIC_URL": f"https://{DOMAIN}",
    "KAFKA_HEAP": "-Xms128m -Xmx256m",
    "DATABASE_POOL": "4",
    "LOG_LEVEL": "WARNING",
}
Member = dict[str, Any]


class Cluster:
    """`hosts` by number. `only` names the containers that run, all where it is None."""

    def __init__(self, place: Path, only: frozenset[str] | None = None) -> None:
        addresses = [network.address_of(number) for number in network.NUMBERS]
        self._secrets = place / "secrets"
        self._only = only
        make_secrets(self._secrets, DOMAIN)
        self.certificate = self._secrets / "tls_certificate.pem"
        self.hosts = {
            number: Host(number, place, self._secrets, host_settings(number, addresses, SETTINGS, KAFKA_CLUSTER))
            for number in network.NUMBERS
        }

    def boot(self) -> None:
        for host in self.hosts.values():
            host.boot(self._only)

    def boot_again(self, number: int) -> None:
        self.hosts[number].boot(self._only)

    def secret(self, name: str) -> str:
        return (self._secrets / name).read_text().strip()

    async def connect(self, name: str = "postgres") -> Any:
        """A connection to the server that takes writes; OSError while none of the three does."""
        for host in self.hosts.values():
            with contextlib.suppress(
                OSError, TimeoutError, asyncpg.PostgresError, asyncpg.TargetServerAttributeNotMatched
            ):
                return await asyncpg.connect(
                    host=host.address, port=5432, user="bakhong", database=name, password=self.secret("postgres_password"),
                    target_session_attrs="read-write", timeout=1.5, command_timeout=5,
                )  # fmt: skip
        raise ConnectionError("no server takes writes")

    def query(self, statement: str, *arguments: Any, database: str = "postgres") -> list[Any]:
        """The rows of one statement."""

        async def once() -> list[Any]:
            connection = await self.connect(database)
            try:
                return list(await connection.fetch(statement, *arguments))
            finally:
                await connection.close()

        return asyncio.run(once())

    def members(self) -> dict[str, Member]:
        """What Patroni reports of each of the three servers: `role`, `state`, `lag`; empty where no host answers."""
        for host in self.hosts.values():
            if host.is_up:
                with contextlib.suppress(OSError, ValueError):
                    found = _json(f"http://{host.address}:8008/cluster")["members"]
                    return {member["name"]: member for member in found}
        return {}

    def primary(self) -> int | None:
        """The number of the host whose server is the primary."""
        return next((int(name[-1]) for name, member in self.members().items() if member["role"] == "leader"), None)

    def is_redundant(self) -> bool:
        """Whether any host may die: a primary, two standbys of which one must have each commit, and three members of etcd."""
        members = self.members().values()
        following = sum(member["state"] == "streaming" and member["role"] == "quorum_standby" for member in members)
        is_led = any(member["role"] == "leader" for member in members)
        return following == 2 and is_led and self._etcd_is_whole() and self._every_server_answers()

    def doors(self) -> list[Host]:
        """The hosts that clients know."""
        return [host for host in self.hosts.values() if host.carries_platform]

    def is_served_twice(self) -> bool:
        """Whether the gateway of each host finds every service ready."""
        return all(_is_ready(f"http://{host.address}:8080/readyz") for host in self.doors())

    def has_every_copy(self) -> bool:
        """Whether every partition of every topic is on three brokers."""
        addresses = [host.address for host in self.hosts.values()]
        return missing_copies(addresses, self.secret("kafka_sasl_password")) == 0

    def is_whole(self) -> bool:
        """Whether the next host may die."""
        return self.is_redundant() and self.is_served_twice() and self.has_every_copy()

    def wait_until_redundant(self, seconds: float) -> float:
        """Returns how long it took."""
        began = time.monotonic()
        while not self.is_redundant():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not whole after {seconds:.0f} s: {self.members()}\n{self.logs('patroni')}")
            time.sleep(0.5)
        return time.monotonic() - began

    def logs(self, name: str) -> str:
        return "\n".join(f"--- {host.place.name}\n{host.output(name)}" for host in self.hosts.values())

    def _every_server_answers(self) -> bool:
        return all(_is_ready(f"http://{host.address}:8008/health") for host in self.hosts.values())

    def _etcd_is_whole(self) -> bool:
        for host in self.hosts.values():
            try:
                if _json(f"http://{host.address}:2379/health")["health"] != "true":
                    return False
            except (OSError, ValueError):
                return False
        return True


@contextlib.contextmanager
def running_cluster(only: frozenset[str] | None = None) -> Iterator[Cluster]:
    """Three hosts for some tests; nothing of them stays."""
    place = Path(tempfile.mkdtemp(prefix="bakhong-ha-"))
    place.chmod(0o755)
    try:
        with network.network():
            cluster = Cluster(place, only)
            try:
                cluster.boot()
                yield cluster
            finally:
                for host in cluster.hosts.values():
                    host.die()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=3) as answer:
        return json.load(answer)
