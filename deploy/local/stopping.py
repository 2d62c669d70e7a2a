"""The wish to stop: SIGINT, SIGTERM or the terminal's end, noticed at once by whoever waits."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked to stop."""


class StopWish:
    """Counts the stop signals of this process; `pause` ends early when one comes."""

    def __init__(self) -> None:
        self.times = 0
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
        """Raise Stopped if somebody asked."""
        if self.times:
            raise Stopped

    def _note(self, _: int, __: FrameType | None) -> None:
        self.times += 1
