"""A real Keycloak for tests, with the realm of this folder: resolved by Maven, run by Java 17, gone with its parent.

Run as a script it fetches the distribution into the cache and prints its path; exit 3 where that is not possible.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local.foreground import foreground_command
from deploy.local.ports import free_port

VERSION = "26.0.7"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
CACHE = Path(__file__).parents[2] / ".cache" / "keycloak"
REALM = Path(__file__).with_name("realm.json")
ADMIN, ADMIN_PASSWORD = "admin", "only-for-tests"
SECONDS_TO_FETCH = 900
SECONDS_TO_START = 240
CANNOT_BE_HAD = 3
HEAP = "-Xms128m -Xmx640m -XX:TieredStopAtLevel=1"


class KeycloakNotAvailable(RuntimeError):
    """No Keycloak is available on this machine; the message names what is missing."""


class Keycloak:
    """One server in development mode on a free port of 127.0.0.1, its data in its own directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/bakhong"

    def start(self) -> str:
        """Start and return the issuer of the realm once it serves."""
        home = self._home()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "JAVA_OPTS_KC_HEAP": HEAP,
        }
        command = [str(home / "bin" / "kc.sh"), "start-dev", "--import-realm", "--http-host=127.0.0.1",
                   f"--http-port={port}", "--log-level=warn"]  # fmt: skip
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                foreground_command(command, at_parent_death=signal.SIGKILL),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        return self.issuer

    def stop(self) -> None:
        """End it; SIGKILL when it takes longer than 20 s."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    @property
    def _log_path(self) -> Path:
        return self.directory / "keycloak.log"

    def _home(self) -> Path:
        home = self.directory / f"keycloak-{VERSION}"
        if not home.exists():
            with zipfile.ZipFile(fetch_keycloak()) as archive:
                archive.extractall(self.directory)
            (home / "bin" / "kc.sh").chmod(0o755)
            (home / "data" / "import").mkdir(parents=True)
            shutil.copy(REALM, home / "data" / "import" / "bakhong.json")
        return home

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if _is_served(f"{self.issuer}/.well-known/openid-configuration"):
                return
            time.sleep(0.25)
        printed = self._log_path.read_text(errors="replace")[-3000:]
        self.stop()
        raise KeycloakNotAvailable(f"Keycloak did not start:\n{printed}")


def _is_served(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def fetch_keycloak() -> Path:
    """The distribution's archive, from the cache or by Maven."""
    archive = CACHE / f"keycloak-quarkus-dist-{VERSION}.zip"
    if archive.exists():
        return archive
    maven = shutil.which("mvn")
    if maven is None:
        raise KeycloakNotAvailable("Maven (mvn) is not installed")
    if shutil.which("java") is None:
        raise KeycloakNotAvailable("Java 17 is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = [maven, "-q", "-B", COPY_GOAL, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_TO_FETCH)
        if done.returncode != 0:
            raise KeycloakNotAvailable(f"Maven could not fetch {ARTIFACT}: {done.stdout[-500:]}")
        (Path(folder) / archive.name).rename(archive)
    return archive


@contextlib.contextmanager
def temporary_keycloak() -> Iterator[Keycloak]:
    """A running Keycloak that leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="bakhong-keycloak-") as folder:
        keycloak = Keycloak(Path(folder))
        keycloak.start()
        try:
            yield keycloak
        finally:
            keycloak.stop()


if __name__ == "__main__":
    try:
        print(fetch_keycloak())
    except KeycloakNotAvailable as missing:
        print(f"no Keycloak: {missing}", file=sys.stderr)
        sys.exit(CANNOT_BE_HAD)
