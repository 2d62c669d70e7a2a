"""A release follows a release while requests arrive: old code and new code beside one another on one database.

The migrations expand, a backfill fills, the last ones contract. No request is refused meanwhile, every note is there, and every
event is handled once.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from chassis.messaging.bus.choose import BUS_DATABASE
from chassis.security.identity import Caller, TokenSigner, write_keys
from chassis.storage.database import Database, asyncpg_url, database_url
from chassis.storage.migrations import backfill, create_database, upgrade
from deploy.demo.api_client import eventually
from deploy.local.health import is_ready
from deploy.local.ports import free_port
from deploy.local.postgres import temporary_postgres
from deploy.local.started import ROOT
from tests.upgrade.notes import NAME

pytestmark = pytest.mark.timeout(300)
MIGRATIONS = Path(__file__).parent / "migrations"
OLD_ROWS = 6_000
FILL = (
    "UPDATE note SET priority = CASE WHEN urgent THEN 2 ELSE 1 END WHERE id IN"
    " (SELECT id FROM note WHERE priority IS NULL LIMIT :batch FOR UPDATE SKIP LOCKED)"
)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    write_keys(tmp_path / "keys", ["gateway", NAME])
    return tmp_path / "keys"


@pytest.fixture
def server() -> Iterator[str]:
    """A separate PostgreSQL: its databases have the names of a real platform's."""
    with temporary_postgres() as url:
        asyncio.run(create_database(database_url(url, BUS_DATABASE)))
        yield url


def scripts_until(version: str, tmp_path: Path) -> Path:
    """The migrations as the release that ends with `version` has them."""
    scripts = tmp_path / f"migrations-{version}"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (scripts / "versions").iterdir():
        if script.name[:4] > version:
            script.unlink()
    return scripts


class Process:
    """One process of one release."""

    def __init__(self, release: int, scripts: Path, variables: dict[str, str], log: Path) -> None:
        self.release = release
        self.port = free_port()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.upgrade.notes", str(release), str(self.port), str(scripts)],
                cwd=ROOT, env=os.environ | variables, stdout=output, stderr=output,
            )  # fmt: skip
        assert eventually(lambda: is_ready(self.port), 60), log.read_text(errors="replace")[-3000:]

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(90) in (0, -signal.SIGTERM)


class Traffic(threading.Thread):
    """Writes and reads through the processes that serve; `serving` is what a load balancer would have in its list."""

    def __init__(self, token: Callable[[], str]) -> None:
        super().__init__(daemon=True)
        self.serving: list[Process] = []
        self.written = {True: 0, False: 0}
        self.by_release = {1: 0, 2: 0, 3: 0}
        self.failures: list[str] = []
        self.slowest = 0.0
        self._token = token
        self._is_over = threading.Event()

    def run(self) -> None:
        turns, urgent = itertools.count(), itertools.cycle([True, False, False])
        with httpx.Client(timeout=30) as client:
            while not self._is_over.is_set():
                process = self.serving[next(turns) % len(self.serving)]
                self._write(client, process, next(urgent))
                time.sleep(0.005)

    def end(self) -> None:
        self._is_over.set()
        self.join(60)

    def _write(self, client: httpx.Client, process: Process, urgent: bool) -> None:
        who = {"Authorization": f"Bearer {self._token()}"}
        began = time.monotonic()
        try:
            address = f"http://127.0.0.1:{process.port}/v1/notes"
            written = client.post(address, json={"urgent": urgent}, headers=who)
            read = client.get(f"{address}/counted", headers=who)
        except httpx.HTTPError as error:
            self.failures.append(f"release {process.release}: {type(error).__name__}")
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        if (written.status_code, read.status_code) != (201, 200):
            self.failures.append(f"release {process.release}: {written.status_code} {written.text} {read.text}")
            return
        self.written[urgent] += 1
        self.by_release[process.release] += 1
        expected = sum(self.written.values()) + OLD_ROWS
        if sum(read.json().values()) != expected:
            self.failures.append(f"release {process.release} sees {read.json()} of {expected}")


def test_a_column_is_replaced_while_old_and_new_code_serve_side_by_side(
    server: str, keys: Path, tmp_path: Path
) -> None:
    url = database_url(server, NAME.replace("-", "_"))
    variables = {
        "DATABASE_URL": server, "INTERNAL_KEYS_FILE": str(keys / "public.json"),
        "SIGNING_KEY_FILE": str(keys / f"{NAME}.pem"),
    }  # fmt: skip
    log = tmp_path / "processes.log"
    signer = TokenSigner.read(keys / "gateway.pem")
    release_1 = scripts_until("0001", tmp_path)
    upgrade(url, release_1)
    sql(url, f"INSERT INTO note SELECT gen_random_uuid(), i % 3 = 0 FROM generate_series(1, {OLD_ROWS}) AS i")
    # A service is ready when it has units; no registry sends them here.
    sql(url, "INSERT INTO known_unit VALUES (gen_random_uuid(), '38', 'Tỉnh thử', 'province', 'province')")
    old = [Process(1, release_1, variables, log)]
    traffic = Traffic(lambda: signer.token(Caller(role="operator", subject="tester")))
    traffic.serving = list(old)
    traffic.start()
    assert eventually(lambda: traffic.by_release[1] > 30, 30)

    # Expand, under load and behind a long read; the old processes go on and stay ready.
    reader = threading.Thread(target=read_for, args=(url, 3.0))
    reader.start()
    release_2 = scripts_until("0002", tmp_path)
    upgrade(url, release_2)
    reader.join()
    assert all(is_ready(process.port) for process in old)
    upgrade(url, release_1)  # as the old image does at a rollback
    assert sql(url, "SELECT version_num FROM alembic_version") == "0002"

    # Old and new side by side: both write, both relay, both handle.
    new = [Process(2, release_2, variables, log)]
    traffic.serving = [*old, *new]
    assert eventually(lambda: traffic.by_release[2] > 30 or traffic.failures, 30)
    progress: list[int] = []
    first = asyncio.run(fill(url, progress))
    assert first >= OLD_ROWS
    assert progress == sorted(progress)
    assert len(progress) >= 6

    # The old ones leave; what they wrote meanwhile is filled by a second run, and nothing is left for a third.
    traffic.serving = new
    for process in old:
        process.end()
    asyncio.run(fill(url, []))
    assert sql(url, "SELECT count(*) FROM note WHERE priority IS NULL") == 0

    # The flag may be left out from here; release 3 does so beside release 2.
    release_3 = scripts_until("0003", tmp_path)
    upgrade(url, release_3)
    newest = [Process(3, release_3, variables, log)]
    traffic.serving = [*new, *newest]
    assert eventually(lambda: traffic.by_release[3] > 30 or traffic.failures, 30)
    traffic.serving = newest
    for process in new:
        process.end()

    # Contract: the column goes while release 3 serves.
    upgrade(url, scripts_until("0004", tmp_path))
    after = traffic.by_release[3]
    assert eventually(lambda: traffic.by_release[3] > after + 30 or traffic.failures, 30)
    traffic.end()

    written = sum(traffic.written.values())
    print(f"{written} notes written, slowest {traffic.slowest:.2f} s, {traffic.by_release}")  # noqa: T201
    assert traffic.failures == []
    assert eventually(lambda: sql(url, "SELECT count(DISTINCT note_id) FROM handled") == written, 30)
    assert sql(url, "SELECT count(*) FROM handled") == written
    assert sql(url, "SELECT count(*) FROM outbox") == 0
    assert sql(url, "SELECT count(*) FROM note WHERE priority = 2") == traffic.written[True] + OLD_ROWS // 3
    for process in newest:
        process.end()


async def fill(url: str, progress: list[int]) -> int:
    database = Database(url, pool_size=1)
    try:
        return await backfill(database, FILL, batch=1000, pause=0.02, progress=progress.append)
    finally:
        await database.close()


def read_for(url: str, seconds: float) -> None:
    """A question that takes long, as a report does: its lock is in the way of every ALTER TABLE."""
    sql(url, f"SELECT count(*), pg_sleep({seconds}) FROM (SELECT FROM note LIMIT 1) AS one")


def sql(url: str, statement: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(asyncpg_url(url))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())
