"""Taking: one base backup while everything serves, and again and again the log since then."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.manifest import COUNTED, Manifest, fingerprints
from deploy.backup.server import NotDone, Programs, Server

BASE = "base.tar.gz"
LOG = "log"
SECONDS_TO_ARCHIVE = 60


def take_base(server: Server, folder: Path, secrets: Path) -> Path:
    """One base backup of the whole cluster into a new folder below `folder`; returns the new folder."""
    begun = datetime.now(UTC)
    base = folder / begun.strftime("%Y%m%dT%H%M%SZ")
    base.mkdir(parents=True, mode=0o700)
    counted = count(server)
    with (base / f"{BASE}.part").open("wb") as file:
        # With the log that it needs to be whole by itself; what came later is in the archive.
        server.run(
            "pg_basebackup", "-D", "-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--gzip", into=file
        )
    _must_unpack(base / f"{BASE}.part")
    (base / f"{BASE}.part").rename(base / BASE)
    Manifest(_text(begun), _text(datetime.now(UTC)), fingerprints(secrets), counted).write(base)
    return base


def take_log(server: Server, folder: Path) -> list[str]:
    """Moves what is archived to `folder/log`, up to this moment; returns the names."""
    (folder / LOG).mkdir(parents=True, exist_ok=True, mode=0o700)
    current = ask(server, "SELECT pg_walfile_name(pg_current_wal_lsn())").strip()
    ask(server, "SELECT pg_switch_wal()")
    _wait_until_archived(server, current)
    names = server.archived()
    server.take(names, folder / LOG)
    return names


def count(server: Programs) -> dict[str, int]:
    """Rows by `database.table`, of the tables that only grow."""
    found = {}
    for database in sorted(COUNTED.keys() & set(_databases(server))):
        for table in COUNTED[database]:
            found[f"{database}.{table}"] = int(ask(server, f'SELECT count(*) FROM "{table}"', database))
    return found


def ask(server: Programs, statement: str, database: str = "postgres") -> str:
    """What one statement answers, without headings."""
    return server.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)


def _databases(server: Programs) -> Iterable[str]:
    return ask(server, "SELECT datname FROM pg_database WHERE NOT datistemplate").split()


def _wait_until_archived(server: Server, name: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_ARCHIVE
    while time.monotonic() < deadline:
        # A segment without anything in it is not switched, and one that was taken before is not there any more.
        last = ask(server, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver").strip()
        if last >= name or ask(server, f"SELECT pg_walfile_name(pg_current_wal_lsn()) = '{name}'").strip() == "t":
            return
        time.sleep(0.2)
    raise NotDone(f"the log is not archived: {ask(server, 'SELECT * FROM pg_stat_archiver')}")


def _must_unpack(file: Path) -> None:
    with gzip.open(file) as unpacked:
        while unpacked.read(1 << 20):
            pass


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
