"""A forked child of the launcher: it shares the imported libraries, writes to its own log and ends with the launcher."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from deploy.local.foreground import die_with_parent, name_process
from deploy.local.shutdown import STOP_SIGNALS

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
SETTLED_AFTER = 60.0


class Child:
    """One process that runs `work`; started again after a pause that grows while it keeps ending.

    Fork only from a process with one thread: the launcher itself never starts any.
    """

    def __init__(self, name: str, work: Callable[[], None], log: Path, *, to_terminal: bool = False) -> None:
        """`to_terminal`: its output goes to the terminal; its errors always go to the log."""
        self.name = name
        self.to_terminal = to_terminal
        self.log = log
        self.pid: int | None = None
        self.starts_again_at: float | None = None
        self.work = work
        self._started_at = 0.0
        self._pause = FIRST_PAUSE

    def start(self) -> None:
        """Fork; the child never returns from here."""
        launcher = os.getpid()
        sys.stdout.flush()
        self.starts_again_at = None
        self._started_at = time.monotonic()
        # A signal between the fork and the child's own rules would only be counted there, and then be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        self.pid = os.fork()
        if self.pid == 0:
            _run_child(self, launcher)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def poll(self) -> str | None:
        """How it ended ("exit 1", "signal 9"), returned once; None while it runs or when it was returned before."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.pid = None
        code = os.waitstatus_to_exitcode(status)
        return f"exit {code}" if code >= 0 else f"signal {-code}"

    def plan_restart(self) -> float:
        """Note when to start again; returns the pause in seconds."""
        if time.monotonic() - self._started_at > SETTLED_AFTER:
            self._pause = FIRST_PAUSE
        pause = self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self.starts_again_at = time.monotonic() + pause
        return pause

    def send(self, sign: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def last_lines(self, count: int = 12) -> str:
        """The last lines of its log, for the error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        return ""


def _run_child(child: Child, launcher: int) -> None:
    code = 1
    try:
        os.setsid()  # Ctrl-C at the terminal is for the launcher, which stops us in order
        die_with_parent(launcher, signal.SIGKILL)
        name_process(f"bk-{child.name}")
        signal.set_wakeup_fd(-1)
        for sign in STOP_SIGNALS:
            signal.signal(sign, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        _redirect_output(child.log, to_terminal=child.to_terminal)
        child.work()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _redirect_output(log: Path, *, to_terminal: bool) -> None:
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if not to_terminal:
        os.dup2(written, 1)
    os.dup2(written, 2)
    os.close(written)
    os.close(nothing)
    sys.stdout = os.fdopen(1, "w", 1, "utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", closefd=False)
