"""How long the server waits for a request's head, how many connections it holds, and that an answer leaves in one piece.

uvicorn knows a time for idle connections only after a first answer, so a client that sends its head a byte a minute
would hold its place for ever, and a thousand such clients all places. It writes head and body of an answer apart, which
are two calls of the system where one does.
"""

import asyncio
from time import monotonic
from typing import Any, cast
from weakref import WeakSet

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

SECONDS_FOR_HEAD = 10.0
CONNECTIONS = 4096
SECONDS_BETWEEN_LOOKS = 1.0
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

MOST_GATHERED = 65_536

LOOKING: WeakSet[ServerState] = WeakSet()
"""Servers whose connections are looked over."""


class Gathering:
    """A transport that writes at the end of the loop's turn, all that was written within it at once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._gathered: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Gathers; what is large goes out at once, so the transport can say that the client is slow."""
        if not self._gathered:
            self._loop.call_soon(self._flush)
        self._gathered.append(data)
        self._size += len(data)
        if self._size > MOST_GATHERED:
            self._flush()

    def close(self) -> None:
        """After what was gathered."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._gathered:
            gathered, self._gathered, self._size = b"".join(self._gathered), [], 0
            self._transport.write(gathered)


class Patience(HttpToolsProtocol):
    """One connection, which has `SECONDS_FOR_HEAD` for each head. One look a second goes over all of them."""

    waits_since: float | None = None
    """Since when the rest of a head is waited for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(cast(asyncio.Transport, Gathering(transport, self.loop)))
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
