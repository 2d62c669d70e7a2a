"""The shutdown to stop: SIGINT, SIGTERM, the terminal's end, or the end of the process that wanted us."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Shutdown was requested."""


class ShutdownRequest:
    """Counts the stop signals of this process; `pause` ends early when one comes.

    `end_with` is the id of a process whose end requests shutdown too, for instance of `make`.
    """

    def __init__(self, end_with: int | None = None) -> None:
        self.times = 0
        self._end_with = end_with
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        for sign in STOP_SIGNALS:
            if sign == signal.SIGHUP and signal.getsignal(sign) == signal.SIG_IGN:
                continue  # started by nohup: meant to survive the terminal
            signal.signal(sign, self._note)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def pause(self, seconds: float) -> None:
        """Wait, at most until the next signal."""
        if select.select([self._woken], [], [], seconds)[0]:
            os.read(self._woken, 512)

    def check(self) -> None:
        """Raise Stopped if shutdown was requested."""
        if self._end_with is not None and not _is_alive(self._end_with):
            self.times = max(self.times, 1)
        if self.times:
            raise Stopped

    def _note(self, _: int, __: FrameType | None) -> None:
        self.times += 1


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
