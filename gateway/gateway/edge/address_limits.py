"""How much one address may hold open at once: unfinished request bodies, event streams."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.edge.client_address import address_group
from gateway.errors import TooManyRequests


class AddressLimit:
    """Counts what is open per address (of IPv6: per /64 network), at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def hold(self, address: str) -> Iterator[None]:
        """Counts one more for the duration; TooManyRequests over the limit, and the connection ends."""
        group = address_group(address)
        if self._open[group] >= self._limit:
            raise TooManyRequests(headers={"Retry-After": "1", "Connection": "close"})
        self._open[group] += 1
        try:
            yield
        finally:
            self._open[group] -= 1
            if not self._open[group]:
                del self._open[group]

    def __len__(self) -> int:
        return len(self._open)
