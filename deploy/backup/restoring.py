"""Restoring: a base backup and the log since then, into an empty stack with a new bus, as far as a moment or to the end.

Nothing but PostgreSQL runs while this happens: keys and counts are looked at before any service may start.
"""

from __future__ import annotations

import tarfile
import tempfile
import time
from pathlib import Path
from typing import IO

from contracts.services import EVERY_PROCESS
from deploy.backup.manifest import Manifest, fewer, fingerprints, missing_keys
from deploy.backup.server import CLUSTER, REPLAYED, ComposeServer, NotDone, compose, named, volumes
from deploy.backup.taking import BASE, LOG, count

SECONDS_TO_REPLAY = 3600
VOLUMES = ("postgres", "kafka")


def newest_base(folder: Path) -> Path:
    """The newest whole base backup of a folder."""
    found = sorted(path.parent for path in folder.glob(f"*/{BASE}"))
    if not found:
        raise NotDone(f"no base backup is in {folder}")
    return found[-1]


def must_have_keys(base: Path, secrets: Path) -> None:
    """Raises where a key that the backup needs is not in the files at hand, or is another one."""
    missing = missing_keys(Manifest.read(base).keys, fingerprints(secrets))
    if missing:
        raise NotDone("keys are missing, personal data could not be decrypted: " + "; ".join(missing))


def recovery_settings(command: str, until: str | None) -> str:
    """Lines for postgresql.auto.conf: replay the log by `command`, to the end or to a moment, then serve."""
    lines = [f"restore_command = '{command}'", "recovery_target_action = 'promote'"]
    if until:
        lines.append(f"recovery_target_time = '{until}'")
    return "\n".join(lines) + "\n"


def restore(folder: Path, secrets: Path, *, base: Path | None = None, until: str | None = None) -> list[str]:
    """Fills the empty volumes of the stack, replays, and looks at keys and counts; answers what it found, line by line."""
    base = base or newest_base(folder)
    must_have_keys(base, secrets)
    _must_be_empty()
    _unpack(base / BASE, folder / LOG, until)
    compose("up", "--detach", "--wait", "postgres")
    _wait_until_replayed()
    compose("exec", "-T", "postgres", "sh", "-c", _SET_PASSWORD)
    compose("exec", "-T", "postgres", "rm", "-rf", REPLAYED)
    findings = [
        compose("run", "--rm", "--no-deps", "-T", f"{name}-migrate", "check-keys").strip() for name in EVERY_PROCESS
    ]
    counted = count(ComposeServer())
    lost = fewer(Manifest.read(base).counts, counted)
    if lost:
        raise NotDone("rows are missing: " + "; ".join(lost))
    return [f"restored {base.name}", *findings, *(f"{table}: {rows} rows" for table, rows in counted.items())]


def _must_be_empty() -> None:
    if compose("ps", "--quiet").strip():
        raise NotDone("the stack runs: docker compose down first")
    there = volumes()
    for name in named(VOLUMES):
        if name in there:
            raise NotDone(f"the volume {name} exists: remove it first, if it may go (docker volume rm {name})")


def _unpack(base: Path, log: Path, until: str | None) -> None:
    settings = recovery_settings(f"cp {REPLAYED}/%f %p", until)
    with base.open("rb") as file:
        _in_new_volume(f"mkdir -m 0700 {CLUSTER} && tar -xzf - -C {CLUSTER} && mkdir {REPLAYED}", file)
    _in_new_volume(f"cat >> {CLUSTER}/postgresql.auto.conf <<'END'\n{settings}END\ntouch {CLUSTER}/recovery.signal")
    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as packed:
            for segment in sorted(log.glob("*")):
                packed.add(segment, segment.name, filter=_owned_by_root)
        file.seek(0)
        _in_new_volume(f"tar -xf - -C {REPLAYED}", file)


def _owned_by_root(segment: tarfile.TarInfo) -> tarfile.TarInfo:
    segment.uid = segment.gid = 0
    segment.mode = 0o644
    return segment


def _in_new_volume(script: str, out_of: IO[bytes] | None = None) -> None:
    compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "postgres", "-c", script, out_of=out_of)


def _wait_until_replayed() -> None:
    # By the socket: the password is still that of the backup.
    question = ("psql", "-U", "bakhong", "-d", "postgres", "-Atc", "SELECT pg_is_in_recovery()")
    deadline = time.monotonic() + SECONDS_TO_REPLAY
    while time.monotonic() < deadline:
        if compose("exec", "-T", "postgres", *question).strip() == "f":
            return
        time.sleep(1)
    raise NotDone(f"the log was not replayed within {SECONDS_TO_REPLAY} s: docker compose logs postgres")


_SET_PASSWORD = (
    # The password of the stack that is restored into, which may be another than that of the backup.
    'printf "ALTER ROLE bakhong PASSWORD \'%s\'" "$(cat /run/secrets/postgres_password)" | psql -q -U bakhong -d postgres'
)
