"""Bytes on one HTTP/1.1 connection: requests that offer an upgrade, and the check that each is answered exactly once."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

UPGRADES = ("h2c", "websocket", "foo", "h2c, websocket", "TLS/1.0")
CONNECTIONS = ("Upgrade", "Upgrade, HTTP2-Settings", "keep-alive, Upgrade", "x-other, upgrade", None)
"""Values of the header Connection beside the offer; None: the header is not sent."""
LOOKS_LIKE_A_REQUEST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\n\r\n"
SECOND_REQUEST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: second-request\r\nConnection: close\r\n\r\n"
SECONDS = 20.0


@dataclass
class Answer:
    """One response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class RawConnection:
    """A client that writes bytes and reads responses."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *packets: bytes) -> None:
        """Each in a packet: the pause lets the server read one before the next is there."""
        for number, packet in enumerate(packets):
            if number:
                await asyncio.sleep(0.02)
            self.writer.write(packet)
            await self.writer.drain()

    async def answer(self) -> Answer:
        """The next response; an interim one (100) too."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), SECONDS)
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        answer = Answer(int(first.split(" ")[1]), headers)
        if headers.get("transfer-encoding") == "chunked":
            answer.body = await self._chunks()
        elif "content-length" in headers:
            answer.body = await asyncio.wait_for(self.reader.readexactly(int(headers["content-length"])), SECONDS)
        elif headers.get("connection") == "close":
            answer.body = await self.rest()
        return answer

    async def _chunks(self) -> bytes:
        body = b""
        while True:
            size = int(await asyncio.wait_for(self.reader.readline(), SECONDS), 16)
            piece = await asyncio.wait_for(self.reader.readexactly(size + 2), SECONDS)
            if not size:
                return body
            body += piece[:-2]

    async def rest(self) -> bytes:
        """What comes until the server closes; it may also break off."""
        try:
            return await asyncio.wait_for(self.reader.read(), SECONDS)
        except ConnectionError:
            return b""

    async def close(self) -> None:
        self.writer.transport.abort()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


Connect = Callable[[], Awaitable[RawConnection]]


async def connect(host: str, port: int, tls: ssl.SSLContext | None = None) -> RawConnection:
    return RawConnection(*await asyncio.open_connection(host, port, ssl=tls))


@dataclass(frozen=True)
class Post:
    """A POST whose body is framed in one of three ways: `content-length`, `chunked`, `none`."""

    path: str
    body: bytes
    framing: str
    headers: Sequence[tuple[str, str]] = field(default=())

    def packets(self, count: int) -> tuple[bytes, ...]:
        """All in one packet, or the head and then the body."""
        lines = [f"POST {self.path} HTTP/1.1", "Host: a", "X-Request-Id: first-request"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.framing == "content-length":
            lines.append(f"Content-Length: {len(self.body)}")
        elif self.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        head = "\r\n".join([*lines, "", ""]).encode()
        parts = (head, self._framed())
        return parts if count == 2 and parts[1] else (b"".join(parts),)

    def _framed(self) -> bytes:
        if self.framing == "none":
            return b""
        if self.framing == "content-length":
            return self.body
        halves = (self.body[:7], self.body[7:])
        return b"".join(b"%x\r\n%b\r\n" % (len(half), half) for half in halves if half) + b"0\r\n\r\n"


def offer(upgrade: str, connection: str | None) -> list[tuple[str, str]]:
    """The headers with which a client offers an upgrade."""
    headers = [("Upgrade", upgrade), ("HTTP2-Settings", "AAMAAABkAAQBAAAAAAIAAAAA")]
    if "websocket" in upgrade:
        headers += [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
    return headers if connection is None else [("Connection", connection), *headers]


async def answered_once(connection: RawConnection, packets: Sequence[bytes]) -> Answer:
    """The response to a request, after a second request on the same connection got its own and nothing else came."""
    await connection.send(*packets)
    while (first := await connection.answer()).status == 100:  # also a proxy may send one, beside the server's
        pass
    assert first.headers.get("x-request-id") != "smuggled", first
    await connection.send(SECOND_REQUEST)
    second = await connection.answer()
    assert (second.status, second.headers.get("x-request-id")) == (200, "second-request"), (first, second)
    assert await connection.rest() == b""
    await connection.close()
    return first


async def refused_and_closed(connection: RawConnection, packets: Sequence[bytes]) -> Answer:
    """The one response to a request after which the server ends the connection, whatever else was sent."""
    reading = asyncio.ensure_future(connection.answer())
    with suppress(ConnectionError):  # it may be closed before the last packet
        await connection.send(*packets[:-1], packets[-1] + SECOND_REQUEST)
    first = await reading
    assert b"HTTP/1." not in first.body, first
    assert await connection.rest() == b"", first
    await connection.close()
    return first
