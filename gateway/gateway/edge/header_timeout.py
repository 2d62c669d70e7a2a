"""The HTTP server's limits that uvicorn has no setting for: a time for each request head, and caps on open connections.

uvicorn's `h11` protocol parses. It is used because uvicorn's httptools protocol stops at the head of a request that offers
an upgrade and takes the rest of its body for the next request (https://github.com/Kludex/uvicorn/issues/2722).
"""

import asyncio
from collections import Counter
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.edge.client_address import address_group, parse_address
from gateway.edge.slow_down import DELAY_SECONDS, spread
from gateway.settings import GatewaySettings, Networks

REQUEST_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_MANY_OF_ADDRESS = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
TOO_MANY_CONNECTIONS = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class HeaderTimeoutProtocol(H11Protocol):
    """One connection: it has `head_seconds` for each request head, and it is refused when too many are open.

    A connection without a request under way also ends after that time while a client goes on sending a body that was
    already responded to.
    """

    head_seconds: ClassVar[float] = 10.0
    most_connections: ClassVar[int] = 4096
    connections_per_address: ClassVar[int] = 128
    proxy_networks: ClassVar[Networks] = ()
    """Reverse proxies in front: their connections carry the requests of many clients, so no cap per address."""
    open_by_address: ClassVar[Counter[str]] = Counter()
    """Open connections of this process."""
    most_refused_open: ClassVar[int] = 1024
    refused_open: ClassVar[int] = 0
    """Refused connections of this process that wait for their response."""

    waits_since: float | None = None
    """The loop's time since when the rest of a request head is awaited; None while a request is under way."""
    timer: asyncio.TimerHandle | None = None
    counted_address: str | None = None
    is_refused: bool = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        if response := self.refuse():
            self.end_refused(response)
            return
        self.waits_since = self.loop.time()
        self.timer = self.loop.call_later(self.head_seconds, self.check_head)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self.waits_since = None
        elif self.waits_since is None:
            self.waits_since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timer is not None:
            self.timer.cancel()
        if self.is_refused:
            type(self).refused_open -= 1
        if self.counted_address is not None:
            self.open_by_address[self.counted_address] -= 1
            if not self.open_by_address[self.counted_address]:
                del self.open_by_address[self.counted_address]

    def refuse(self) -> bytes | None:
        """The response to a connection over the limits; None counts the connection."""
        if len(self.connections) > self.most_connections:
            return TOO_MANY_CONNECTIONS
        address = capped_address(self.client[0] if self.client else "", self.proxy_networks)
        if address is None:
            return None
        if self.open_by_address[address] >= self.connections_per_address:
            return TOO_MANY_OF_ADDRESS
        self.open_by_address[address] += 1
        self.counted_address = address
        return None

    def end_refused(self, response: bytes) -> None:
        """Respond and close; to an address over its cap later, so that connecting again and again costs it time."""
        if response is not TOO_MANY_OF_ADDRESS or self.refused_open >= self.most_refused_open:
            self.close_with(response)
            return
        self.transport.pause_reading()
        type(self).refused_open += 1
        self.is_refused = True
        self.timer = self.loop.call_later(spread(DELAY_SECONDS), self.close_with, response)

    def close_with(self, response: bytes) -> None:
        """The last bytes of this connection."""
        self.transport.write(response)
        self.transport.close()

    def check_head(self) -> None:
        """End the connection when its head is late, else look again at the earliest moment when it can be."""
        if self.transport.is_closing():
            return
        now = self.loop.time()
        left = self.head_seconds if self.waits_since is None else self.waits_since + self.head_seconds - now
        if left > 0:
            self.timer = self.loop.call_later(left, self.check_head)
            return
        if self.conn.their_state is h11.IDLE:  # else a body is being drained, and its request has its answer
            self.transport.write(REQUEST_TIMEOUT)
        self.transport.close()


def capped_address(peer: str, proxy_networks: Networks) -> str | None:
    """What the cap counts `peer` under: an IPv4 address, or the /64 that one IPv6 subscriber has; None for no cap."""
    address = parse_address(peer)
    if address is None or any(address in network for network in proxy_networks):
        return None  # without an address it is a Unix socket: its peer is on this machine
    return address_group(peer)


def protocol_of(settings: GatewaySettings) -> type[HeaderTimeoutProtocol]:
    """The protocol class for uvicorn's setting `http`."""

    class Configured(HeaderTimeoutProtocol):
        connections_per_address = settings.connections_per_address
        proxy_networks = settings.networks_of_proxies()

    return Configured
