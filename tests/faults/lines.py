"""A TCP proxy of the tests: addresses in front of other addresses, whose faults a test switches on and off.

All lines live on one event loop in a thread of their own, so the tests themselves stay plain. What a line can do to its
connections is what networks do: be slow, be silent, break, end in one direction, let through a byte at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
Address = tuple[str, int]

CHUNK = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: close() sends RST
DRIP_SECONDS = 0.002


class Connection:
    """One client's connection and the one behind it."""

    def __init__(self, client: asyncio.StreamWriter) -> None:
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.is_forgotten = False

    def break_both(self) -> None:
        for writer in (self.client, self.server):
            if writer is not None:
                break_off(writer)


class Line:
    """One address in front of `target`, asked anew for each connection. Made by `Lines.open`."""

    def __init__(self, name: str, target: Callable[[], Address], lines: Lines, chance: random.Random) -> None:
        self.name = name
        self.port = 0
        self._target = target
        self._lines = lines
        self._chance = chance
        self._connections: set[Connection] = set()
        self._passes = asyncio.Event()
        self._passes.set()
        self._is_refusing = False
        self._delay, self._jitter, self._drips = 0.0, 0.0, False

    @property
    def count(self) -> int:
        """How many connections live."""
        return len(self._connections)

    def slow(self, seconds: float, jitter: float = 0.0) -> None:
        """Every piece takes so long in each direction, give or take."""
        self._lines.do(self._slow, seconds, jitter)

    def drip(self) -> None:
        """A byte at a time."""
        self._lines.do(self._drip)

    def silence(self) -> None:
        """A black hole both ways: nothing passes, nothing is refused, no end is notified."""
        self._lines.do(self._passes.clear)

    def reset(self) -> None:
        """Every open connection breaks; new ones are accepted."""
        self._lines.do(self._reset)

    def refuse(self) -> None:
        """Every living connection breaks, new ones break at once."""
        self._lines.do(self._refuse)

    def half_close(self) -> None:
        """Every client receives the end of the server's stream; what it still sends reaches the server."""
        self._lines.do(self._half_close)

    def heal(self, *, forget: bool = False) -> None:
        """Back to normal. `forget`: connections that were open during a silence stay silent, as after a
        router that lost its table: the client receives nothing more, the server's end breaks (its keepalive would end it)."""
        self._lines.do(self._heal, forget)

    def _slow(self, seconds: float, jitter: float) -> None:
        self._delay, self._jitter = seconds, jitter

    def _drip(self) -> None:
        self._drips = True

    def _reset(self) -> None:
        for connection in list(self._connections):
            connection.break_both()

    def _refuse(self) -> None:
        self._is_refusing = True
        self._reset()

    def _half_close(self) -> None:
        for connection in self._connections:
            with contextlib.suppress(OSError, RuntimeError):
                connection.client.write_eof()

    def _heal(self, forget: bool) -> None:
        for connection in self._connections if forget else ():
            connection.is_forgotten = True
            if connection.server is not None:
                break_off(connection.server)
        self._delay, self._jitter, self._drips, self._is_refusing = 0.0, 0.0, False, False
        self._passes.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        if self._is_refusing:
            connection.break_both()
            return
        self._connections.add(connection)
        try:
            await self._passes.wait()
            host, port = self._target()
            behind, connection.server = await asyncio.open_connection(host, port)
            await asyncio.gather(
                self._pump(connection, reader, connection.server), self._pump(connection, behind, writer)
            )
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            if connection.is_forgotten:
                await self._lines.over.wait()  # the client's end stays open, and silent
            connection.break_both()
            self._connections.discard(connection)

    async def _pump(self, connection: Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(CHUNK):
            await self._passes.wait()
            if connection.is_forgotten:
                return
            if self._delay:
                await asyncio.sleep(max(0.0, self._delay + self._chance.uniform(-self._jitter, self._jitter)))
            await self._write(sink, piece)
        await self._passes.wait()
        if not connection.is_forgotten and sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    async def _write(self, sink: asyncio.StreamWriter, piece: bytes) -> None:
        pieces = [piece[i : i + 1] for i in range(len(piece))] if self._drips else [piece]
        for each in pieces:
            sink.write(each)
            await sink.drain()
            if self._drips:
                await asyncio.sleep(DRIP_SECONDS)


class Lines:
    """All lines of a test, and the loop on which they live."""

    def __init__(self, seed: int = 1) -> None:
        self.over = asyncio.Event()
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._lines: list[Line] = []

    def __enter__(self) -> Lines:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def open(self, name: str, target: Callable[[], Address]) -> Line:
        """A new line on a free port of 127.0.0.1."""
        return self._run(self._open(Line(name, target, self, self._chance)))

    def do(self, work: Callable[..., None], *arguments: Any) -> None:
        """Run `work` on the loop, now; back when it is done."""

        async def doing() -> None:
            work(*arguments)

        self._run(doing())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self, line: Line) -> Line:
        server = await asyncio.start_server(line._serve, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)
        self._lines.append(line)
        return line

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for line in self._lines:
            line._heal(False)
            line._reset()
        self.over.set()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def break_off(writer: asyncio.StreamWriter) -> None:
    """The other end receives RST, not a polite end."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()
