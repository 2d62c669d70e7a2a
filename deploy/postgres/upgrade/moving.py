"""The compose stack's PostgreSQL from one image to another: rehearsed on a copy, then for real, with a way back."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from typing import IO, NamedTuple

from dotenv import set_key

from contracts.services import EVERY_PROCESS
from deploy.backup.manifest import fewer
from deploy.backup.server import ROOT, ComposeServer, NotDone, compose, run_program, volumes
from deploy.backup.taking import count as count_kept
from deploy.postgres.upgrade.copying import copy, count, must_be_equal, version_of
from deploy.preflight.stack import SETTINGS_FILE, Stack, read_settings

IMAGE, VOLUME, BEFORE = "POSTGRES_IMAGE", "POSTGRES_VOLUME", "POSTGRES_BEFORE"
SECONDS_TO_START = 120
PROCESSES = ("door", *(f"{name}-{kind}" for name in EVERY_PROCESS for kind in ("api", "worker")))


class DatabasePlace(NamedTuple):
    """Which image serves which volume."""

    image: str
    volume: str

    @classmethod
    def now(cls) -> DatabasePlace:
        file = Stack().file
        return cls(file["services"]["postgres"]["image"], file["volumes"]["postgres"]["name"])


class OtherServer:
    """A second PostgreSQL of the stack, in its own container, from another image on another volume."""

    def __init__(self, place: DatabasePlace) -> None:
        self.place = place
        self.container = f"{place.volume}-server"

    def start(self) -> None:
        variables = os.environ | {IMAGE: self.place.image, VOLUME: self.place.volume}
        command = ["docker", "compose", "run", "--detach", "--no-deps", "--name", self.container, "postgres"]
        run_program(command, environment=variables)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._serves():
            if time.monotonic() > deadline:
                raise NotDone(f"{self.place.image} does not start: docker logs {self.container}")
            time.sleep(0.5)

    def stop(self) -> None:
        with contextlib.suppress(NotDone):
            run_program(["docker", "stop", "--time", "60", self.container])
        with contextlib.suppress(NotDone):
            run_program(["docker", "rm", "--force", self.container])

    def run(self, *command: str, into: IO[bytes] | None = None, out_of: IO[bytes] | None = None) -> str:
        with_password = 'PGPASSWORD=$(cat /run/secrets/postgres_password) exec "$0" "$@"'
        return run_program(
            ["docker", "exec", "-i", "-e", "PGHOST=127.0.0.1", "-e", "PGUSER=bakhong", self.container,
             "sh", "-c", with_password, *command], into=into, out_of=out_of,
        )  # fmt: skip

    def _serves(self) -> bool:
        with contextlib.suppress(NotDone):
            return bool(version_of(self))
        return False


def rehearse(image: str) -> Iterator[str]:
    """The copy, while everything serves; afterwards the copy is gone."""
    now = DatabasePlace.now()
    other = OtherServer(DatabasePlace(image, f"{now.volume}_rehearsal"))
    began, before = time.monotonic(), count_kept(ComposeServer())
    try:
        with _removed(other):
            other.start()
            copy(ComposeServer(), other)
            lost = fewer(before, count_kept(other))
            version = version_of(other)
    finally:
        _remove_volume(other.place.volume)
    if lost:
        raise NotDone("The copy is not whole: " + "; ".join(lost))
    yield f"The data of {now.image} were copied into PostgreSQL {version} in {time.monotonic() - began:.0f} s, whole."
    yield "The upgrade takes as long, and the platform answers 503 meanwhile; partners send again."


def upgrade(image: str) -> Iterator[str]:
    """For real: what writes is stopped, everything is copied and compared, and the stack serves from the new volume."""
    now = DatabasePlace.now()
    yield from _move(now, DatabasePlace(image, f"{_plain(now.volume)}_{_version_in(image)}"))
    yield f"The data of before stay in the volume {now.volume}: python -m deploy.postgres.upgrade confirm removes them."


def back() -> Iterator[str]:
    """The way back: what is there now, with everything since the upgrade, into the version of before."""
    before = _before()
    now = DatabasePlace.now()
    yield from _move(now, DatabasePlace(before.image, f"{before.volume}_back"))


def confirm() -> Iterator[str]:
    """The volume of before goes."""
    before = _before()
    _remove_volume(before.volume)
    set_key(SETTINGS_FILE, BEFORE, "", quote_mode="never")
    yield f"The volume {before.volume} is removed."


def _move(now: DatabasePlace, to: DatabasePlace) -> Iterator[str]:
    if to.volume in volumes():
        raise NotDone(f"The volume {to.volume} exists: remove it first, if it may go (docker volume rm {to.volume})")
    began = time.monotonic()
    other = OtherServer(to)
    compose("stop", *PROCESSES)
    try:
        wanted = count(ComposeServer())
        with _removed(other):
            other.start()
            copy(ComposeServer(), other)
            must_be_equal(wanted, count(other))
    except BaseException:
        _remove_volume(to.volume)
        compose("up", "--detach", "--wait", "--no-build")
        raise
    for name, value in ((IMAGE, to.image), (VOLUME, to.volume), (BEFORE, f"{now.image} {now.volume}")):
        set_key(SETTINGS_FILE, name, value, quote_mode="never" if name != BEFORE else "auto")
    compose("up", "--detach", "--wait", "--no-build")
    yield f"{to.image} serves after {time.monotonic() - began:.0f} s; {len(wanted)} tables and sequences are the same."


def _before() -> DatabasePlace:
    image, _, volume = read_settings().get(BEFORE, "").partition(" ")
    if not volume:
        raise NotDone("No upgrade of PostgreSQL waits to be confirmed here.")
    return DatabasePlace(image, volume)


@contextlib.contextmanager
def _removed(server: OtherServer) -> Iterator[None]:
    try:
        yield
    finally:
        server.stop()


def _remove_volume(name: str) -> None:
    subprocess.run(["docker", "volume", "rm", name], cwd=ROOT, capture_output=True)


def _version_in(image: str) -> str:
    return image.partition(":")[2].partition(".")[0].partition("@")[0] or "new"


def _plain(volume: str) -> str:
    return volume.removesuffix("_back").rstrip("0123456789").rstrip("_")
