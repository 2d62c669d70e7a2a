"""The supervisor of the child processes: starts them, waits for them, restarts one that ended, stops them in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.local import progress
from deploy.local.child import Child
from deploy.local.patience import Patience
from deploy.local.shutdown import ShutdownRequest

TICK = 0.05
SECONDS_TO_END = 10


class StartFailed(RuntimeError):
    """The platform cannot start; the message is for the person at the terminal."""


class Supervisor:
    """Child processes by name; each has its log file in `logs`."""

    def __init__(self, logs: Path, shutdown: ShutdownRequest) -> None:
        self._logs = logs
        self._shutdown = shutdown
        self._children: dict[str, Child] = {}

    def fork(self, name: str, work: Callable[[], None], *, to_terminal: bool = False) -> None:
        """Start a child that runs `work`; one that `to_terminal` prints to the terminal."""
        self._logs.mkdir(parents=True, exist_ok=True)
        child = Child(name, work, self._logs / f"{name}.log", to_terminal=to_terminal)
        self._children[name] = child
        child.start()

    def pids(self) -> dict[str, int]:
        """The process ids of those that run."""
        return {name: child.pid for name, child in self._children.items() if child.pid is not None}

    def wait_for(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        """Until the condition holds. A child that ends meanwhile, or too long a wait, is StartFailed.

        `seconds` are those of a machine that does nothing else (`deploy.local.patience`).
        """
        patience = Patience(seconds)
        while not condition():
            for child in self._children.values():
                ended = child.poll()
                if ended:
                    raise StartFailed(f"{child.name} ended ({ended}) during the start:\n{child.last_lines()}")
            self._keep_waiting(what, patience)
        progress.done(f"{what} ready")

    def run_once(self, name: str, work: Callable[[], None], seconds: float, *, to_terminal: bool = False) -> None:
        """Run a short-lived child; StartFailed with its last log lines when it fails."""
        patience = Patience(seconds)
        self.fork(name, work, to_terminal=to_terminal)
        child = self._children[name]
        while (ended := child.poll()) is None:
            self._keep_waiting(name, patience)
        del self._children[name]
        if ended != "exit 0":
            raise StartFailed(f"{name} failed ({ended}):\n{child.last_lines()}")
        progress.done(f"{name} done")

    def restart_ended(self) -> bool:
        """Restart children that ended, after their pause; returns whether one was started."""
        someone = False
        for child in self._children.values():
            ended = child.poll()
            if ended:
                pause = child.plan_restart()
                progress.show(f"  {child.name} ended ({ended}); restart in {pause:.1f} s, see {child.log}")
            if child.starts_again_at is not None and time.monotonic() >= child.starts_again_at:
                child.start()
                someone = True
        return someone

    def end(self, names: Iterable[str] | None = None) -> None:
        """SIGTERM, then SIGKILL for children that do not end in time or when shutdown is requested a second time."""
        leaving = [child for name, child in self._children.items() if names is None or name in names]
        for child in leaving:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        while _still_running(leaving) and time.monotonic() < deadline and self._shutdown.times < 2:
            self._shutdown.pause(TICK)
        for child in _still_running(leaving):
            child.send(signal.SIGKILL)
        while _still_running(leaving):
            time.sleep(TICK)

    def _keep_waiting(self, what: str, patience: Patience) -> None:
        self._shutdown.check()
        if patience.is_over():
            raise StartFailed(f"{what}: not ready in time, see {self._logs}")
        self._shutdown.pause(TICK)


def _still_running(children: Iterable[Child]) -> list[Child]:
    for child in children:
        child.poll()
    return [child for child in children if child.pid is not None]
