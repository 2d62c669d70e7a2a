"""How many calls a service is given at once: as many as it answers in good time, and never the whole house.

More would only wait in its queue, and one that everybody waits for would fill the door. What is refused is refused before it
is sent, so it had no effect (Little's law says how many may be under way: answers a second times the seconds each may take).
"""

from time import monotonic

from prometheus_client import Gauge

from gateway.limits import Clock, Crowded

SECONDS_WANTED = 0.5
"""A service that takes longer for most of its answers is given less."""
SECONDS_BETWEEN_LOOKS = 1.0
ANSWERS_THAT_TELL = 20
LEAST = 16
"""So many are always given: a few long answers alone (an export, a report) are no overload."""
GROWTH = 1.25
UNDER_WAY = Gauge("bakhong_service_calls", "Calls of the door under way at a service", ["service"])
LIMIT = Gauge(
    "bakhong_service_calls_limit", "Calls that a service is given at once; more are answered 503", ["service"]
)


class Room:
    """The calls under way at one service, at most `most`. `enter` before a call, `leave` after its answer has begun."""

    def __init__(self, service: str, most: int, *, clock: Clock = monotonic) -> None:
        self.limit = self._most = most
        self.under_way = 0
        self._clock = clock
        self._since = clock()
        self._answers = 0
        self._late = 0
        self._was_late = False
        UNDER_WAY.labels(service).set_function(lambda: self.under_way)
        LIMIT.labels(service).set_function(lambda: self.limit)

    def enter(self) -> float:
        """When the call began; raises Crowded."""
        if self.under_way >= self.limit:
            raise Crowded
        self.under_way += 1
        return self._clock()

    def leave(self, began: float, *, tells: bool) -> None:
        """`tells` is whether the time says something of the service: that of an upload is the client's."""
        self.under_way -= 1
        if not tells:
            return
        now = self._clock()
        self._answers += 1
        self._late += now - began > SECONDS_WANTED
        if now - self._since >= SECONDS_BETWEEN_LOOKS and self._answers >= ANSWERS_THAT_TELL:
            self._measure(now - self._since)
            self._since, self._answers, self._late = now, 0, 0

    def _measure(self, seconds: float) -> None:
        is_late, was_late = self._late * 2 > self._answers, self._was_late
        self._was_late = is_late
        if not is_late:
            self.limit = min(self._most, int(self.limit * GROWTH))
        elif was_late:  # once alone is a service that stood still for a moment
            self.limit = min(self._most, max(LEAST, int(self._answers / seconds * SECONDS_WANTED)))
