"""The HTTP/1.1 client of the door: one request out, one answer in, on connections that are kept for the next.

It parses nothing itself: llhttp does, by `httptools`, as in the server on the other side of the door. What is written here is
when a connection may be used again, and what is known when one breaks (docs/decisions/0013-a-client-of-our-own-for-the-door.md).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

import httptools

from gateway.head import RawHeaders

CONNECT_SECONDS = 2.0
# Shorter than the five seconds after which the services' server closes an idle connection, so a request is
# never written to a connection that the other side is closing.
KEEPALIVE_SECONDS = 3.0
LARGEST_HEAD = 65_536
MOST_HELD = 262_144
"""Bytes of an answer that wait for a slow client before the service is asked to wait too."""
SAYS_ITS_LENGTH = frozenset({"POST", "PUT", "PATCH"})


class NotReached(Exception):
    """No connection: the request certainly had no effect."""


class BrokenAnswer(Exception):
    """The connection broke after the request went out: its effect is not known."""


class ClosedUnused(BrokenAnswer):
    """A kept connection was closed under us before any of the answer came."""


@dataclass(slots=True)
class Call:
    """One request to a service.

    `address` is scheme, host and port; `target` path and query still encoded; `headers` go out as they are, without the
    body's framing: that is the client's. `body` whole, or in pieces of which `length` says the sum if it is known.
    """

    method: str
    address: str
    target: bytes
    headers: RawHeaders
    body: bytes | AsyncIterator[bytes] | None = None
    length: int | None = None
    may_repeat: bool = False
    """Whether a second try has no other effect than one."""


class Answer:
    """The head of an answer (names in lower case) and its body: `body` when all of it came with the head, else `chunks`."""

    __slots__ = ("_connection", "body", "headers", "status")

    def __init__(self, status: int, headers: RawHeaders, body: bytes | None, connection: "Connection | None") -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._connection = connection

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises BrokenAnswer where it breaks off."""
        if self._connection is None:
            yield self.body or b""
            return
        while (chunk := await self._connection.next_piece()) is not None:
            yield chunk

    def close(self) -> None:
        """Nobody reads further. What was read to its end went back to the pool already."""
        if self._connection is not None:
            self._connection.leave()
            self._connection = None


class Client:
    """Sends calls; raises NotReached or BrokenAnswer, and is safely cancelled at any await.

    Without deadlines of its own but that of connecting: who calls knows how long to wait. Connections are kept by address,
    the newest is used first; how many there are is bounded by how many requests the door lets in.
    """

    def __init__(self) -> None:
        self._kept: dict[str, list[Connection]] = {}
        self._all: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._trust: ssl.SSLContext | None = None

    async def open(self, call: Call) -> Answer:
        """The head of the answer, as soon as it is there."""
        connection = self._kept_connection(call.address)
        if connection is not None:
            try:
                return await connection.exchange(call)
            except ClosedUnused:
                if not call.may_repeat:
                    raise
        return await (await self._connect(call.address)).exchange(call)

    async def fetch(self, address: str, target: str) -> tuple[int, bytes]:
        """Status and body of a plain GET."""
        answer = await self.open(Call("GET", address.rstrip("/"), target.encode(), [], may_repeat=True))
        try:
            return answer.status, b"".join([chunk async for chunk in answer.chunks()])
        finally:
            answer.close()

    async def close(self) -> None:
        """Close every connection; calls under way break."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in list(self._all):
            connection.abort()
        await asyncio.sleep(0)  # lets the transports see their close

    def keep(self, connection: "Connection") -> None:
        """The connection may be used again, for a while."""
        connection.kept_at = monotonic()
        self._kept.setdefault(connection.address, []).append(connection)

    def forget(self, connection: "Connection") -> None:
        """The connection is gone."""
        self._all.discard(connection)
        kept = self._kept.get(connection.address, ())
        if connection in kept:
            self._kept[connection.address].remove(connection)

    def _kept_connection(self, address: str) -> "Connection | None":
        kept = self._kept.get(address)
        if not kept:
            return None
        connection = kept.pop()
        if monotonic() - connection.kept_at <= KEEPALIVE_SECONDS:
            return connection
        connection.abort()  # and every older one, when the sweeper comes
        return None

    async def _connect(self, address: str) -> "Connection":
        loop = asyncio.get_running_loop()
        parts = urlsplit(address)
        trust = self._trusted() if parts.scheme == "https" else None
        host, port = parts.hostname or "", parts.port or (80 if trust is None else 443)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(
                    lambda: Connection(self, address, parts.netloc.encode()), host, port, ssl=trust
                )
        except (OSError, TimeoutError) as error:
            raise NotReached from error
        self._all.add(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(KEEPALIVE_SECONDS, self._sweep)
        return connection

    def _trusted(self) -> ssl.SSLContext:
        self._trust = self._trust or ssl.create_default_context()
        return self._trust

    def _sweep(self) -> None:
        oldest = monotonic() - KEEPALIVE_SECONDS
        for connection in [one for kept in self._kept.values() for one in kept if one.kept_at < oldest]:
            connection.abort()
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(KEEPALIVE_SECONDS, self._sweep) if self._all else None


class Connection(asyncio.Protocol):
    """One connection to a service, with one exchange at a time."""

    def __init__(self, client: Client, address: str, host: bytes) -> None:
        self.address = address
        self.kept_at = 0.0
        self._client = client
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpResponseParser(self)
        self._is_reading = True
        self._writable: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._is_under_way = False
        self._begin("GET")

    def _begin(self, method: str) -> None:
        self._has_no_body = method == "HEAD"
        self._has_come = False
        self._status = 0
        self._is_interim = False
        self._headers: RawHeaders = []
        self._head_bytes = 0
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._is_whole = False
        self._may_be_kept = True
        self._waiter: asyncio.Future[None] | None = None
        self._sending: asyncio.Task[None] | None = None

    async def exchange(self, call: Call) -> Answer:
        """Send the call, wait for the head of its answer. Ended in any other way, the connection is not used again."""
        self._begin(call.method)
        self._is_under_way = True
        try:
            self._send(call)
            while not self._status:
                await self._something_comes()
        except BaseException:
            self.abort()
            raise
        if not self._is_whole:
            return Answer(self._status, self._headers, None, self)
        body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        answer = Answer(self._status, self._headers, body, None)
        self._release()
        return answer

    async def next_piece(self) -> bytes | None:
        """The next piece of the body; None at its end."""
        while not self._pieces:
            if self._is_whole:
                return None
            await self._something_comes()
        piece = self._pieces.popleft()
        self._held -= len(piece)
        if self._held <= MOST_HELD:
            self._read_on()
        return piece

    def leave(self) -> None:
        """The exchange is over for the caller: kept when everything was said on both sides, else closed."""
        if self._is_whole and not self._pieces:
            self._release()
        else:
            self.abort()

    def abort(self) -> None:
        """Close at once; the service then knows that nobody listens."""
        self._is_under_way = False
        if self._sending is not None:
            self._sending.cancel()
        self._client.forget(self)
        if self._transport is not None:
            self._transport.abort()

    def _release(self) -> None:
        # A service that answered before it read the whole call would read the rest of it as the next one.
        is_said = self._sending is None or self._sending.done()
        if self._is_under_way and self._may_be_kept and self._error is None and is_said:
            self._is_under_way = False
            self._read_on()  # a long answer may have come whole before anybody took the first piece
            self._client.keep(self)
        else:
            self.abort()

    def _read_on(self) -> None:
        if not self._is_reading and self._transport is not None:
            self._is_reading = True
            self._transport.resume_reading()

    def _send(self, call: Call) -> None:
        assert self._transport is not None
        lines = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (call.method.encode(), call.target, self._host)]
        lines += [b"%b: %b\r\n" % pair for pair in call.headers]
        head = b"".join(lines)
        if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1:
            raise ValueError("a line end within a header would begin another one")
        body = call.body
        if isinstance(body, bytes):
            self._transport.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
        elif body is None:
            nothing = b"content-length: 0\r\n" if call.method in SAYS_ITS_LENGTH else b""
            self._transport.write(b"%b%b\r\n" % (head, nothing))
        else:
            length = call.length
            framing = b"transfer-encoding: chunked" if length is None else b"content-length: %d" % length
            self._transport.write(b"%b%b\r\n\r\n" % (head, framing))
            self._sending = asyncio.get_running_loop().create_task(self._send_pieces(body, length is None))

    async def _send_pieces(self, pieces: AsyncIterator[bytes], is_chunked: bool) -> None:
        assert self._transport is not None
        try:
            async for piece in pieces:
                self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
                if self._writable is not None:
                    await self._writable
            if is_chunked:
                self._transport.write(b"0\r\n\r\n")
        except Exception as error:
            # Half a body must not look like a whole one; who waits for the answer hears why.
            self._break(error)

    async def _something_comes(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        await self._waiter
        if self._error is not None and not self._pieces:
            raise self._error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _break(self, error: Exception) -> None:
        self._error = self._error or error
        self._wake()
        if self._transport is not None:
            self._transport.abort()

    # What the transport says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()  # once for all: up to Python 3.11 the question is a system call

    def data_received(self, data: bytes) -> None:
        if not self._is_under_way or self._is_whole:
            self._may_be_kept = False
            self._break(BrokenAnswer())  # nobody asked: what it is the answer to cannot be known
            return
        self._has_come = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self._is_whole:
                self._break(BrokenAnswer())
                return
            self._may_be_kept = False  # more than was asked for
        if self._status:
            self._wake()
        else:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self._break(BrokenAnswer())
        if self._held > MOST_HELD and self._is_reading and self._transport is not None:
            self._is_reading = False
            self._transport.pause_reading()

    def eof_received(self) -> None:
        if not self._is_under_way:
            self.abort()  # at once, before anybody is given it
        elif self._status and not self._is_whole and not _says_where_it_ends(self._headers):
            self._is_whole = True
            self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.resume_writing()
        if not self._is_whole and self._error is None:
            self._error = BrokenAnswer() if self._has_come else ClosedUnused()
        self._may_be_kept = False
        self._wake()
        if self._sending is not None:
            self._sending.cancel()
        self._client.forget(self)
        self._transport = None
        self._parser = None

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # What the parser says.

    def on_message_begin(self) -> None:
        if self._is_whole:
            self._may_be_kept = False  # a second answer to one call

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:  # else a trailer, which nobody here asked for
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._is_whole:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._is_interim = True
            self._headers = []
            return
        self._status = status
        self._may_be_kept = self._parser.should_keep_alive()
        if self._has_no_body:
            # The parser would wait for the body that the head speaks of.
            self._is_whole = True
            self._may_be_kept = False

    def on_body(self, piece: bytes) -> None:
        if not self._is_whole:
            self._pieces.append(piece)
            self._held += len(piece)

    def on_message_complete(self) -> None:
        if self._is_interim:
            self._is_interim = False
        else:
            self._is_whole = True


def _says_where_it_ends(headers: RawHeaders) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in headers)
