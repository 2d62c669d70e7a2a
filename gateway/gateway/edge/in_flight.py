"""How many requests the gateway carries at once."""

from types import TracebackType


class LimitReached(Exception):
    """As many requests are in flight, at the gateway or at a service, as may be; nothing of this one was accepted."""


class InFlightLimit:
    """Counts the requests in flight and refuses before memory grows: load is shed before it is accepted, never after."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0

    def __enter__(self) -> None:
        if self.in_flight >= self.limit:
            raise LimitReached
        self.in_flight += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.in_flight -= 1
