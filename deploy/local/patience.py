"""Waits that follow the machine and the work instead of the clock: on a machine with fifty others at work a minute is no minute.

A second counts as the part of it that a process can get (cores over load), and whenever something moves the time begins anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from deploy.local import progress

T = TypeVar("T")
BETWEEN_LOOKS = 0.05
BETWEEN_LINES = 10.0


def crowd() -> float:
    """How many processes want each core, 1 at least."""
    try:
        load = os.getloadavg()[0]
    except OSError:
        load = 0.0
    return max(1.0, load / (os.cpu_count() or 1))


class Patience:
    """Time to wait for one thing. `seconds` are those of a machine that has nothing else to do."""

    def __init__(
        self, seconds: float, *, clock: Callable[[], float] = time.monotonic, crowd: Callable[[], float] = crowd
    ) -> None:
        self.seconds = seconds
        self._clock, self._crowd = clock, crowd
        self._looked_at = clock()
        self._spent = 0.0
        self._sign: object = None

    def is_over(self, sign: object = None) -> bool:
        """Whether the time is spent. A `sign` that differs from the one before (a count, a state) begins it anew."""
        moment = self._clock()
        self._spent += (moment - self._looked_at) / self._crowd()
        self._looked_at = moment
        if sign != self._sign:
            self._sign, self._spent = sign, 0.0
        return self._spent > self.seconds


def wait_while_it_moves(
    what: str,
    condition: Callable[[], T],
    sign: Callable[[], object],
    seconds: float,
    *,
    patience: Patience | None = None,
) -> T:
    """The first truthy response, or the last one when `sign` did not change for so long. Says every ten seconds how far it is."""
    patience = patience or Patience(seconds)
    printed_at = time.monotonic()
    while not (response := condition()):
        seen = sign()
        if patience.is_over(seen):
            break
        if time.monotonic() - printed_at >= BETWEEN_LINES:
            printed_at = time.monotonic()
            progress.done(f"  still waiting for {what}: {seen}")
        time.sleep(BETWEEN_LOOKS)
    return response
