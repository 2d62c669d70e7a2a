"""A circuit breaker: a database that failed several times in a row is left alone for a while."""

from dataclasses import dataclass
from time import monotonic

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 10.0


@dataclass
class Breaker:
    """Closed: ask. Open: do not. After a pause one question tries whether it is well again."""

    failures: int = 0
    opened_at: float | None = None
    is_trying: bool = False

    def lets_through(self) -> bool:
        """Whether to ask now; after the pause, only one question at a time."""
        if self.opened_at is None:
            return True
        if self.is_trying or monotonic() - self.opened_at < SECONDS_OPEN:
            return False
        self.is_trying = True
        return True

    def succeeded(self) -> None:
        """It is well: ask as before."""
        self.failures, self.opened_at, self.is_trying = 0, None, False

    def failed(self) -> None:
        """One failure more; too many in a row open the circuit."""
        self.failures += 1
        self.is_trying = False
        if self.failures >= FAILURES_TO_OPEN:
            self.opened_at = monotonic()
