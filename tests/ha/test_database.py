"""PostgreSQL on three hosts: any of them dies, and every commit that was acknowledged is there."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from tests.ha.cluster import DATABASE_ONLY, Cluster, running_cluster
from tests.ha.programs import missing

pytestmark = [pytest.mark.ha, pytest.mark.timeout(900)]
SECONDS_TO_BEGIN = 180
SECONDS_WITHOUT_SERVICE = 60
SECONDS_TO_COME_BACK = 180
FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Writer(threading.Thread):
    """Inserts one number after another, each until its commit is acknowledged."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self.moments: list[float] = []
        self.enough = threading.Event()
        self._cluster = cluster

    def run(self) -> None:
        asyncio.run(self._write())

    async def _write(self) -> None:
        while not self.enough.is_set():
            try:
                connection = await self._cluster.connect()
            except FAULTS:
                await asyncio.sleep(0.2)
                continue
            try:
                await self._write_by(connection)
            except FAULTS:
                await asyncio.sleep(0.2)
            finally:
                connection.terminate()

    async def _write_by(self, connection: Any) -> None:
        while not self.enough.is_set():
            number = len(self.acknowledged)
            await connection.execute("INSERT INTO written VALUES ($1) ON CONFLICT DO NOTHING", number)
            self.acknowledged.append(number)
            self.moments.append(time.monotonic())
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if lacking := missing():
        pytest.skip(f"not here: {', '.join(lacking)}")
    with running_cluster(DATABASE_ONLY) as cluster:
        cluster.wait_until_redundant(SECONDS_TO_BEGIN)
        cluster.query("CREATE TABLE written (number int PRIMARY KEY)")
        yield cluster


@pytest.mark.parametrize("which", ["the primary", "a standby"])
def test_what_was_acknowledged_is_there_after_a_host_has_died_and_writes_go_on(cluster: Cluster, which: str) -> None:
    cluster.query("TRUNCATE written")
    writer = Writer(cluster)
    writer.start()
    while len(writer.acknowledged) < 50:
        time.sleep(0.1)
    primary = cluster.primary()
    assert primary is not None
    dying = primary if which == "the primary" else primary % 3 + 1

    cluster.hosts[dying].die()
    died_at = time.monotonic()
    while not writer.moments or writer.moments[-1] < died_at + 1:
        assert time.monotonic() - died_at < SECONDS_WITHOUT_SERVICE, cluster.logs("patroni")
        time.sleep(0.1)
    without = next(moment for moment in writer.moments if moment > died_at + 0.5) - died_at
    time.sleep(2)
    cluster.boot_again(dying)
    back = cluster.wait_until_redundant(SECONDS_TO_COME_BACK)
    writer.enough.set()
    writer.join(30)

    kept = {row["number"] for row in cluster.query("SELECT number FROM written")}
    print(f"{which} died: writes again after {without:.1f} s, three again after {back:.1f} s, {len(kept)} rows")
    assert set(writer.acknowledged) <= kept
