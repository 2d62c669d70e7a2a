"""The whole procedure on a real server: backup while it serves, the log since, restore to the end or to a moment, keys first."""

import asyncio
import base64
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chassis.security.encryption import CipherContext, encrypt
from chassis.security.key_check import KeysMissing, check_keys
from chassis.settings import Settings, get_settings
from contracts.services import EVERY_PROCESS
from deploy.backup import __main__ as backup
from deploy.backup.manifest import Manifest, fewer, fingerprints, missing_keys
from deploy.backup.restoring import VOLUMES, must_have_keys, newest_base, recovery_settings
from deploy.backup.server import LocalServer, NotDone, named
from deploy.backup.taking import BASE, LOG, count, take_base, take_log
from deploy.local.postgres import UNPRIVILEGED_ACCOUNT, EmbeddedPostgres, find_programs
from gateway.model import metadata

ACCOUNT = UNPRIVILEGED_ACCOUNT if os.geteuid() == 0 else None
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
BODY = CipherContext("gateway", "delivery", "body")


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bakhong-backup-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two keys for data, the newer one in front, as the platform was running with them."""
    (tmp_path / "pii_keys").write_text(f"k2:{NEW},k1:{OLD}")
    (tmp_path / "pii_index_keys").write_text(f"i1:{OLD}")
    monkeypatch.setenv("PII_KEYS", f"k2:{NEW},k1:{OLD}")
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


async def test_what_was_accepted_is_there_after_a_restore_to_the_end_or_to_a_moment(place: Path, secrets: Path) -> None:
    archive = place / "archive"
    archive.mkdir(mode=0o777)
    archive.chmod(0o777)
    settings = {
        "archive_mode": "on",
        "archive_command": f"cp %p {archive}/%f.part && mv {archive}/%f.part {archive}/%f",
    }
    backups = place / "backups"
    with EmbeddedPostgres(place / "first", settings=settings) as server:
        connection = await _gateway(server)
        programs = _programs_of(server, archive)
        await _insert(connection, 1)
        enough = asyncio.Event()
        serving = asyncio.create_task(_accept(connection, enough))
        base = await asyncio.to_thread(take_base, programs, backups, secrets)
        enough.set()
        accepted_by_then = await serving
        moment = datetime.now(UTC).isoformat()
        await asyncio.sleep(0.05)
        await _insert(connection, accepted_by_then + 1)
        taken = await asyncio.to_thread(take_log, programs, backups)
        await connection.close()

    manifest = Manifest.read(base)
    assert 0 < manifest.counts["gateway.delivery"] < accepted_by_then, "nothing was accepted meanwhile"
    assert taken
    assert not list(archive.iterdir()), "the log that was taken away is still there"
    assert newest_base(backups) == base

    whole = await _count_after_restore(place / "second", base, backups / LOG, None)
    assert whole["gateway.delivery"] == accepted_by_then + 1
    assert fewer(manifest.counts, whole) == []
    then = await _count_after_restore(place / "third", base, backups / LOG, moment)
    assert then["gateway.delivery"] == accepted_by_then


async def test_a_key_that_is_missing_is_found_in_the_data_before_anything_starts(place: Path, secrets: Path) -> None:
    with EmbeddedPostgres(place / "first", durable=False) as server:
        connection = await _gateway(server)
        await _insert(connection, 1)
        await connection.close()
        url = f"{server.url}/gateway"
        assert await check_keys(url, metadata, Settings()) == ["k2"]
        with pytest.raises(KeysMissing, match=r"k2 \(delivery.body\)"):
            await check_keys(url, metadata, Settings(pii_keys=f"k1:{OLD}"))


def test_a_backup_is_refused_where_its_keys_are_not(tmp_path: Path, secrets: Path) -> None:
    Manifest("", "", fingerprints(secrets), {}).write(tmp_path)
    must_have_keys(tmp_path, secrets)
    (secrets / "pii_keys").write_text(f"k2:{OLD}")
    (secrets / "pii_index_keys").unlink()
    with pytest.raises(NotDone) as refused:
        must_have_keys(tmp_path, secrets)
    assert str(refused.value).endswith(
        "pii_keys has another key under the id k2; pii_keys lacks the key k1; pii_index_keys lacks the key i1"
    )


def test_a_backup_holds_no_key(tmp_path: Path, secrets: Path) -> None:
    Manifest("", "", fingerprints(secrets), {}).write(tmp_path)
    printed = (tmp_path / "backup.json").read_text()
    assert OLD not in printed
    assert bytes([1] * 32).hex() not in printed
    assert missing_keys(Manifest.read(tmp_path).keys, fingerprints(secrets)) == []


def test_every_service_that_lacks_a_key_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(*command: str) -> str:
        if command[-2] in ("casework-migrate", "gateway-migrate"):
            raise NotDone(f"{command[-2]} lacks k1")
        return f"{command[-2]}: all available\n"

    monkeypatch.setattr(backup, "compose", ask)
    assert backup.main(["check-keys"]) == 1
    findings = capsys.readouterr().err.splitlines()
    assert findings[-2:] == ["casework-migrate lacks k1", "gateway-migrate lacks k1"]
    assert len(findings) == len(EVERY_PROCESS)


def test_a_restore_looks_at_the_volume_that_the_settings_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known = '{"volumes": {"postgres": {"name": "bakhong_postgres"}, "kafka": {"name": "bakhong_kafka_24"}}}'
    monkeypatch.setattr("deploy.backup.server.compose", lambda *_: known)
    assert named(VOLUMES) == ["bakhong_postgres", "bakhong_kafka_24"]


def test_rows_that_are_missing_are_named() -> None:
    assert fewer({"registry.resident": 5, "casework.dossier": 2}, {"registry.resident": 5, "casework.dossier": 1}) == [
        "casework.dossier: 1 rows, 2 were there when the backup was begun"
    ]


async def _gateway(server: EmbeddedPostgres) -> Any:
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute("CREATE DATABASE gateway")
    await admin.close()
    connection = await asyncpg.connect(f"{server.url}/gateway")
    await connection.execute(
        "CREATE TABLE partner (id int); CREATE TABLE delivery (id int PRIMARY KEY, body bytea NOT NULL)"
    )
    return connection


async def _insert(connection: Any, number: int) -> None:
    sealed = encrypt(BODY, str(number), f"message {number}")
    await connection.execute("INSERT INTO delivery VALUES ($1, $2)", number, sealed)


async def _accept(connection: Any, enough: asyncio.Event) -> int:
    number = 1
    while not enough.is_set() or number < 10:
        number += 1
        await _insert(connection, number)
    return number


def _programs_of(server: EmbeddedPostgres, archive: Path) -> LocalServer:
    programs = find_programs(ACCOUNT)
    address = server.url.removeprefix("postgresql://")
    user, _, rest = address.partition(":")
    password, _, place = rest.partition("@")
    host, _, port = place.partition(":")
    environment = {"PGHOST": host, "PGPORT": port, "PGUSER": user, "PGPASSWORD": password}
    return LocalServer(programs / "bin", environment | {"LD_LIBRARY_PATH": str(programs / "lib")}, archive)


async def _count_after_restore(data_dir: Path, base: Path, log: Path, until: str | None) -> dict[str, int]:
    cluster = data_dir / "postgres/cluster"
    cluster.mkdir(parents=True, mode=0o700)
    with tarfile.open(base / BASE) as packed:
        packed.extractall(cluster, filter="data")
    replayed = data_dir / "replayed"
    shutil.copytree(log, replayed)
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(recovery_settings(f"cp {replayed}/%f %p", until))
    (cluster / "recovery.signal").touch()
    shutil.copy(base.parents[1] / "first/postgres.password", data_dir / "postgres.password")
    for path in (data_dir, replayed, *replayed.iterdir()):
        path.chmod(0o755)
    if ACCOUNT:
        for path in (cluster.parent, cluster, *cluster.rglob("*")):
            shutil.chown(path, ACCOUNT)
    with EmbeddedPostgres(data_dir) as server:
        return await asyncio.to_thread(count, _programs_of(server, replayed))
