"""A circuit breaker: a dependency that failed several times in a row is not called for a while."""

from collections.abc import Callable
from time import monotonic


class CircuitBreaker:
    """Opens after `threshold` failures in a row; after `pause` seconds one call at a time may probe.

    A probe that never reports (its caller was cancelled) does not keep the circuit open: another one may follow after
    the next pause. `clock` gives seconds.
    """

    def __init__(self, *, threshold: int = 5, pause: float = 2.0, clock: Callable[[], float] = monotonic) -> None:
        self._threshold = threshold
        self._pause = pause
        self._clock = clock
        self.failures = 0
        """Failures in a row."""
        self._open_until = 0.0

    def allows(self) -> bool:
        """Whether a call may be made now; while open, the first call after the pause is the probe."""
        if self.failures < self._threshold:
            return True
        now = self._clock()
        if now < self._open_until:
            return False
        self._open_until = now + self._pause
        return True

    def succeeded(self) -> None:
        """A call succeeded: close the circuit."""
        self.failures = 0

    def failed(self) -> None:
        """A call failed; the last of `threshold` in a row opens the circuit."""
        self.failures += 1
        if self.failures >= self._threshold:
            self._open_until = self._clock() + self._pause

    def seconds_left(self) -> float:
        """For `Retry-After`: until the next probe."""
        return max(0.0, self._open_until - self._clock())
