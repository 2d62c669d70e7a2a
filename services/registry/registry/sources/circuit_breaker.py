"""A circuit breaker: a database that failed several times in a row is not queried for a while."""

from dataclasses import dataclass
from time import monotonic

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 10.0


@dataclass
class CircuitBreaker:
    """Closed: queries pass. Open: they fail at once. After a pause one query probes the database."""

    failures: int = 0
    opened_at: float | None = None
    is_probing: bool = False

    def allows(self) -> bool:
        """Whether a query may be sent now; after the pause, only one at a time."""
        if self.opened_at is None:
            return True
        if self.is_probing or monotonic() - self.opened_at < SECONDS_OPEN:
            return False
        self.is_probing = True
        return True

    def succeeded(self) -> None:
        """A query succeeded: close the circuit."""
        self.failures, self.opened_at, self.is_probing = 0, None, False

    def failed(self) -> None:
        """A query failed; too many failures in a row open the circuit."""
        self.failures += 1
        self.is_probing = False
        if self.failures >= FAILURES_TO_OPEN:
            self.opened_at = monotonic()
