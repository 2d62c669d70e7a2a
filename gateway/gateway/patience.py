"""How long the server waits for a request's head, and how many connections it holds: what comes before any request.

uvicorn knows a time for idle connections only after a first answer, so a client that sends its head a byte a minute
would hold its place for ever, and a thousand such clients all places.
"""

import asyncio
from time import monotonic
from weakref import WeakSet

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

SECONDS_FOR_HEAD = 10.0
CONNECTIONS = 4096
SECONDS_BETWEEN_LOOKS = 1.0
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

LOOKING: WeakSet[ServerState] = WeakSet()
"""Servers whose connections are looked over."""


class Patience(HttpToolsProtocol):
    """One connection, which has `SECONDS_FOR_HEAD` for each head. One look a second goes over all of them."""

    waits_since: float | None = None
    """Since when the rest of a head is waited for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.write(TOO_MANY)
            transport.close()
            return
        self.waits_since = monotonic()
        if self.server_state not in LOOKING:
            LOOKING.add(self.server_state)
            self.loop.call_later(SECONDS_BETWEEN_LOOKS, _look, self)

    def data_received(self, data: bytes) -> None:
        if self.waits_since is None and (self.cycle is None or self.cycle.response_complete):
            self.waits_since = monotonic()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self.waits_since = None
        super().on_headers_complete()

    def give_up(self) -> None:
        """End the exchange that has not begun."""
        self.waits_since = None
        if not self.transport.is_closing():
            self.transport.write(TOO_SLOW)
            self.transport.close()


def _look(one: Patience) -> None:
    latest = monotonic() - SECONDS_FOR_HEAD
    for connection in list(one.connections):
        if isinstance(connection, Patience) and connection.waits_since is not None and connection.waits_since < latest:
            connection.give_up()
    if one.connections:
        one.loop.call_later(SECONDS_BETWEEN_LOOKS, _look, one)
    else:
        LOOKING.discard(one.server_state)
