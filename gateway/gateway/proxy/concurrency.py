"""The adaptive concurrency limit of a service: as many requests at once as it answers in good time, and never all of them.

More would only wait in the service's queue, and the requests that wait for one service would use up the gateway. A request
over the limit is refused before it is sent, so it had no effect. Little's law gives the limit: responses a second times the
seconds that each may take.
"""

from time import monotonic

from prometheus_client import Gauge

from gateway.edge.in_flight import LimitReached
from gateway.edge.rate_limits import Clock

TARGET_SECONDS = 0.5
"""A service that takes longer for most of its responses gets a lower limit."""
INTERVAL_SECONDS = 1.0
RESPONSES_NEEDED = 20
"""With fewer responses in an interval the limit stays."""
LOWEST_LIMIT = 16
"""A few slow responses alone (an export, a report) are no overload."""
GROWTH = 1.25
IN_FLIGHT = Gauge("bakhong_service_calls", "Requests of the gateway in flight at a service", ["service"])
LIMIT = Gauge("bakhong_service_calls_limit", "Requests that a service gets at once; more get 503", ["service"])


class AdaptiveLimit:
    """Counts the requests in flight at one service, at most `highest`.

    `enter` before a request, `leave` when its response has begun.
    """

    def __init__(self, service: str, highest: int, *, clock: Clock = monotonic) -> None:
        self.limit = self._highest = highest
        self.in_flight = 0
        self._clock = clock
        self._since = clock()
        self._responses = 0
        self._late = 0
        self._was_late = False
        IN_FLIGHT.labels(service).set_function(lambda: self.in_flight)
        LIMIT.labels(service).set_function(lambda: self.limit)

    def enter(self) -> float:
        """When the request began (seconds of the clock); raises LimitReached."""
        if self.in_flight >= self.limit:
            raise LimitReached
        self.in_flight += 1
        return self._clock()

    def leave(self, began: float, *, counts: bool) -> None:
        """`counts`: whether the time depends on the service; that of an upload depends on the client."""
        self.in_flight -= 1
        if not counts:
            return
        now = self._clock()
        self._responses += 1
        self._late += now - began > TARGET_SECONDS
        if now - self._since >= INTERVAL_SECONDS and self._responses >= RESPONSES_NEEDED:
            self._adjust(now - self._since)
            self._since, self._responses, self._late = now, 0, 0

    def _adjust(self, seconds: float) -> None:
        is_late, was_late = self._late * 2 > self._responses, self._was_late
        self._was_late = is_late
        if not is_late:
            self.limit = min(self._highest, int(self.limit * GROWTH))
        elif was_late:  # late in one interval alone is a service that stalled for a moment
            self.limit = min(self._highest, max(LOWEST_LIMIT, int(self._responses / seconds * TARGET_SECONDS)))
