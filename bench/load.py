"""The load generator: raw sockets, as many requests under way as there are connections, each answered before the next.

Runs as its own process, `python -m bench.load <core> <plan.json>`, and prints what it saw as JSON.
"""

import asyncio
import json
import os
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import cast

import uvloop


@dataclass(frozen=True)
class Plan:
    """What to send where: `requests` is a file made by `write_requests`; `once` sends each only once."""

    port: int
    requests: str
    connections: int = 32
    seconds: float = 4.0
    warm_up: float = 1.0
    once: bool = False


@dataclass(frozen=True)
class Seen:
    """What came back within the measured seconds: answers per second, milliseconds, and answers by status."""

    rate: float
    p50: float
    p99: float
    statuses: dict[str, int]
    broken: int

    @property
    def failed(self) -> int:
        """Answers that are no success, and connections that broke."""
        return self.broken + sum(count for status, count in self.statuses.items() if not status.startswith("2"))


def write_requests(path: Path, requests: Sequence[bytes]) -> None:
    """Keep requests as they go over the wire, each after its length."""
    with path.open("wb") as file:
        for request in requests:
            file.write(struct.pack(">I", len(request)) + request)


def read_requests(path: Path) -> list[bytes]:
    """What `write_requests` kept."""
    content = path.read_bytes()
    requests, place = [], 0
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        requests.append(content[place + 4 : place + 4 + length])
        place += 4 + length
    return requests


class Exchange(asyncio.Protocol):
    """One connection: sends a request, reads its answer to the end, notes both times, sends the next."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._buffer = b""
        self._needed = 0
        self._status = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._needed and not self._read_head():
            return
        if self._is_complete():
            self._run.note(self._sent_at, self._status)
            self._buffer, self._needed = b"", 0
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.lost()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._run.next_request()
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._buffer[:end].lower()
        self._status = int(head[9:12])
        place = head.find(b"\r\ncontent-length:")
        if place >= 0:
            self._needed = end + 4 + int(head[place + 17 :].split(b"\r\n", 1)[0])
        else:
            self._needed = -1 if b"chunked" in head else end + 4
        return True

    def _is_complete(self) -> bool:
        if self._needed < 0:
            return self._buffer.endswith(b"0\r\n\r\n")
        return len(self._buffer) >= self._needed


class Run:
    """All connections of one run, and what they saw."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        requests = read_requests(Path(plan.requests))
        self._requests: Iterator[bytes] = iter(requests) if plan.once else cycle(requests)
        self._seen: list[tuple[float, float, int]] = []
        self._open = 0
        self._broken = 0
        self._over = asyncio.Event()
        self._ends_at = float("inf")

    async def play(self) -> Seen:
        """Connect, send until the time is over, wait for the last answers."""
        loop = asyncio.get_running_loop()
        self._open = self._plan.connections
        for _ in range(self._plan.connections):
            await loop.create_connection(lambda: Exchange(self), "127.0.0.1", self._plan.port)
        begin = time.perf_counter() + self._plan.warm_up
        self._ends_at = begin + self._plan.seconds
        async with asyncio.timeout(self._plan.warm_up + self._plan.seconds + 20):
            await self._over.wait()
        return self._summed(begin)

    def next_request(self) -> bytes | None:
        """The next to send; None when the time is over or nothing is left."""
        return next(self._requests, None) if time.perf_counter() < self._ends_at else None

    def note(self, sent_at: float, status: int) -> None:
        """An answer has come."""
        self._seen.append((sent_at, time.perf_counter(), status))

    def lost(self) -> None:
        """A connection has ended."""
        self._open -= 1
        if time.perf_counter() < self._ends_at and not self._plan.once:
            self._broken += 1
        if self._open == 0:
            self._over.set()

    def _summed(self, begin: float) -> Seen:
        counted = [one for one in self._seen if begin <= one[1] <= self._ends_at]
        times = sorted((came - sent) * 1000 for sent, came, _ in counted) or [0.0]
        last = min(self._ends_at, max((one[1] for one in counted), default=begin + 1))
        return Seen(
            rate=len(counted) / (last - begin),
            p50=times[len(times) // 2],
            p99=times[min(len(times) - 1, len(times) * 99 // 100)],
            statuses=dict(Counter(str(status) for _, _, status in counted)),
            broken=self._broken,
        )


def main(core: str, plan: str) -> None:
    """Pin this process, play the plan, print what was seen."""
    os.sched_setaffinity(0, {int(number) for number in core.split(",")})
    run = Run(Plan(**json.loads(Path(plan).read_text())))
    print(json.dumps(asdict(uvloop.run(run.play()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
