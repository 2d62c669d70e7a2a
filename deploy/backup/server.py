"""Where PostgreSQL's own programs are run: in the container of the compose stack, or beside a server on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

ROOT = Path(__file__).parents[2]
DATA = "/var/lib/postgresql/data"
CLUSTER, ARCHIVE, REPLAYED = f"{DATA}/cluster", f"{DATA}/archive", f"{DATA}/replayed"


class NotDone(Exception):
    """A program failed; the message is its output."""


class Programs(Protocol):
    """A running PostgreSQL with its programs."""

    def run(self, *command: str, into: IO[bytes] | None = None, out_of: IO[bytes] | None = None) -> str:
        """Runs one of PostgreSQL's programs as its superuser; what it printed, unless that went `into` a file."""


class Server(Programs, Protocol):
    """A running PostgreSQL whose log is archived."""

    def archived(self) -> list[str]:
        """The names of the log's segments that were archived and not taken away yet."""

    def take(self, names: Sequence[str], into: Path) -> None:
        """Moves segments from the archive to a folder."""


class ComposeServer:
    """The service `postgres` of the compose stack in this directory."""

    def run(self, *command: str, into: IO[bytes] | None = None, out_of: IO[bytes] | None = None) -> str:
        with_password = 'PGPASSWORD=$(cat /run/secrets/postgres_password) exec "$0" "$@"'
        return compose("exec", "-T", "-e", "PGHOST=127.0.0.1", "-e", "PGUSER=bakhong", "postgres",
                       "sh", "-c", with_password, *command, into=into, out_of=out_of)  # fmt: skip

    def archived(self) -> list[str]:
        found = compose("exec", "-T", "postgres", "sh", "-c", f"ls {ARCHIVE} 2>/dev/null || true").split()
        return [name for name in found if not name.endswith(".part")]

    def take(self, names: Sequence[str], into: Path) -> None:
        if not names:
            return
        with tempfile.TemporaryDirectory(dir=into, prefix="taking-") as unfinished:
            with (Path(unfinished) / "log.tar").open("w+b") as file:
                compose("exec", "-T", "postgres", "tar", "-C", ARCHIVE, "-cf", "-", *names, into=file)
                file.seek(0)
                with tarfile.open(fileobj=file) as packed:
                    packed.extractall(unfinished, filter="data")
            for name in names:
                (Path(unfinished) / name).rename(into / name)
        compose("exec", "-T", "postgres", "sh", "-c", f'cd {ARCHIVE} && rm -- "$@"', "rm", *names)


class LocalServer:
    """A server on this machine, with its programs in a folder: how the procedure is tested, and a way for other installations."""

    def __init__(self, programs: Path, environment: Mapping[str, str], archive: Path) -> None:
        self._programs = programs
        self._environment = os.environ | dict(environment)
        self._archive = archive

    def run(self, *command: str, into: IO[bytes] | None = None, out_of: IO[bytes] | None = None) -> str:
        return run_program(
            [str(self._programs / command[0]), *command[1:]], into=into, out_of=out_of, environment=self._environment
        )

    def archived(self) -> list[str]:
        return sorted(path.name for path in self._archive.iterdir() if path.suffix != ".part")

    def take(self, names: Sequence[str], into: Path) -> None:
        for name in names:
            (into / name).write_bytes((self._archive / name).read_bytes())
            (self._archive / name).unlink()


def compose(*arguments: str, into: IO[bytes] | None = None, out_of: IO[bytes] | None = None) -> str:
    """`docker compose` in this directory; its output."""
    return run_program(["docker", "compose", *arguments], into=into, out_of=out_of)


def named(volumes: Sequence[str]) -> list[str]:
    """What the engine calls these volumes of the compose file: `.env` may give them other names."""
    known = json.loads(compose("config", "--format", "json"))["volumes"]
    return [known[volume]["name"] for volume in volumes]


def volumes() -> set[str]:
    """The names of the engine's volumes."""
    return set(run_program(["docker", "volume", "ls", "--quiet"]).split())


def run_program(
    command: Sequence[str],
    *,
    into: IO[bytes] | None = None,
    out_of: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """A program in the checkout; its output. NotDone with what it printed where it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=out_of or subprocess.DEVNULL, stdout=into or subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    if done.returncode != 0:
        printed = (done.stderr + (done.stdout or b"")).decode(errors="replace").strip()
        raise NotDone(f"{command[0]} ended with {done.returncode}: {printed[-2000:]}")
    return (done.stdout or b"").decode()
