"""One more process of a service, beside the launcher's: a second relay, another member of the group, a clock that is wrong.

As a script: `python -m tests.faults.replica MODULE SECONDS [PORT]` runs `MODULE` (a worker; with a port, an app) with its
clock `SECONDS` away from the real time.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from contracts.services import package_of
from deploy.demo.api_client import eventually
from deploy.local.health import is_alive
from deploy.local.ports import free_port
from deploy.local.started import ROOT
from tests.faults.moved_clock import move_the_clock
from tests.faults.stack import Stack


class Replica:
    """Runs while the context lasts; `port` answers HTTP if `serves`."""

    def __init__(self, stack: Stack, name: str, *, serves: bool = False, clock: float = 0.0) -> None:
        self.port = free_port() if serves else 0
        self._log = stack.data_dir / "logs" / f"{name}.replica.log"
        self._environment = os.environ | stack.environment_of(name) | {"RUN_WORKER": "0" if serves else "1"}
        module = f"{package_of(name)}.{'app' if serves else 'worker'}"
        self._command = [sys.executable, "-m", "tests.faults.replica", module, str(clock)]
        self._command += [str(self.port)] if serves else []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        if self.port and not eventually(lambda: is_alive(self.port), 60):
            self.send(signal.SIGKILL)
            raise AssertionError(self.output())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self.send(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.send(signal.SIGKILL)

    def send(self, sign: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(sign)
        if sign == signal.SIGKILL:
            self._process.wait(10)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def output(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]


def main() -> None:
    module, seconds, *port = sys.argv[1:]
    if float(seconds):
        move_the_clock(float(seconds))
    if not port:
        runpy.run_module(module, run_name="__main__")
        return
    import importlib

    import uvicorn

    app = importlib.import_module(module).app
    uvicorn.run(app, host="127.0.0.1", port=int(port[0]), log_config=None, access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
