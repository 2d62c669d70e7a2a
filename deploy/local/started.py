"""The platform as a child process, for tests: started by its command, used over HTTP, ended as a test needs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.local.health import is_ready
from deploy.local.patience import Patience
from deploy.local.ports import free_port

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 400
SECONDS_TO_END = 40


class Started:
    """`python -m deploy.local` on its own data directory and port."""

    def __init__(
        self,
        data_dir: Path,
        variables: Mapping[str, str] | None = None,
        *,
        end_with: int | None = None,
        root: Path = ROOT,
        python: str = sys.executable,
    ) -> None:
        """`end_with`: the process whose end ends the platform too; by default this one. `root` and `python`: the code of
        another release, and the interpreter that has its libraries.
        """
        self.root, self.python = root, python
        self.end_with = end_with or os.getpid()
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = data_dir.with_name(f"{data_dir.name}.output")
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until /readyz returns 200; returns the seconds it took."""
        began = time.monotonic()
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [self.python, "-m", "deploy.local", "--end-with", str(self.end_with)],
                cwd=self.root,
                env=os.environ | {"DATA_DIR": str(self.data_dir), "GATEWAY_PORT": str(self.port)} | self._variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        patience = Patience(SECONDS_TO_START)
        while not is_ready(self.port):
            if self._process.poll() is not None or patience.is_over():
                printed = self.output.read_text(errors="replace")
                self.stop()
                raise AssertionError(f"the platform did not start:\n{printed[-4000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def send(self, sign: signal.Signals) -> int:
        """Send a signal to the launcher and wait for its end; returns its exit code."""
        assert self._process is not None
        self._process.send_signal(sign)
        return self._process.wait(SECONDS_TO_END)

    def stop(self) -> None:
        """End it if it runs."""
        if self._process is not None and self._process.poll() is None:
            try:
                self.send(signal.SIGTERM)
            except subprocess.TimeoutExpired:
                self.send(signal.SIGKILL)

    def let_go(self) -> None:
        """It runs on without this object; `end_with` ends it."""
        if self._process is not None:
            self._process.returncode = 0  # else subprocess complains about a child that still runs
            self._process = None

    def note(self) -> dict[str, Any]:
        """What the running platform wrote about itself: its processes and its database."""
        note: dict[str, Any] = json.loads((self.data_dir / "run.json").read_text())
        return note

    def processes(self) -> list[int]:
        """Every process of the machine that belongs to this run, the launcher and PostgreSQL too."""
        mark = f"DATA_DIR={self.data_dir}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                belongs = mark in (entry / "environ").read_bytes().split(b"\0") or os.fsencode(self.data_dir) in command
                if state != "Z" and belongs:
                    found.append(int(entry.name))
        return found


@contextlib.contextmanager
def started(variables: Mapping[str, str] | None = None) -> Iterator[Started]:
    """A platform for some tests; its data is gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="bakhong-platform-"))
    directory.chmod(0o755)
    platform = Started(directory / "data", variables)
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(directory, ignore_errors=True)


def shared_platform(directory: Path, end_with: int) -> str:
    """The URL of one platform with its demo for all test processes that name this directory; the first starts it.

    It ends with the process `end_with`, or by `stop_shared_platform`.
    """
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address = directory / "url"
        if not address.exists():
            platform = Started(directory / "data", {"DEMO": "1"}, end_with=end_with)
            platform.start()
            platform.let_go()
            address.write_text(platform.url)
        return address.read_text()


def stop_shared_platform(directory: Path) -> None:
    """End it if it was started, and remove its data."""
    note = directory / "data/run.json"
    if note.exists():
        pid = int(json.loads(note.read_text())["pid"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        while note.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    shutil.rmtree(directory, ignore_errors=True)
