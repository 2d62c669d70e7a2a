"""When to leave a failing service alone, and how often a failed call may be tried again."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class Breaker:
    """Opens after `threshold` failures in a row; after `pause` seconds one call at a time may try again."""

    def __init__(self, *, threshold: int = 5, pause: float = 2.0, clock: Clock = time.monotonic) -> None:
        self._threshold = threshold
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._closed_to_all_until = 0.0

    def allows(self) -> bool:
        """True when the call may go out; while open, the first asker after the pause is the probe."""
        if self._failures < self._threshold:
            return True
        now = self._clock()
        if now < self._closed_to_all_until:
            return False
        self._closed_to_all_until = now + self._pause
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._threshold:
            self._closed_to_all_until = self._clock() + self._pause

    def seconds_left(self) -> float:
        """How long callers are asked to wait."""
        return max(0.0, self._closed_to_all_until - self._clock())


class RetryBudget:
    """Retries may add at most `share` to the load, so an outage is not made worse by those who insist."""

    def __init__(self, *, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._balance = reserve

    def earn(self) -> None:
        self._balance = min(self._reserve, self._balance + self._share)

    def spend(self) -> bool:
        if self._balance < 1:
            return False
        self._balance -= 1
        return True
