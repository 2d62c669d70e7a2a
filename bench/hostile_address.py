"""`python -m bench.hostile_address http://127.0.0.1:8080`: 600 hostile connections from one address against others.

For a running platform in development (`make run`). 200 connections send bodies byte by byte, 200 hold event streams, 200 load
public pages without a pause; all come from 127.0.0.2 and come again when they are refused. Meanwhile 127.0.0.1 reads and posts
signed webhooks. Exit 1 when the others' p95 is over twice its calm value or a webhook is refused.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp

from gateway.commands.development import development_secret

HOSTILE_ADDRESS = "127.0.0.2"
EACH_KIND = 200
CALM_SECONDS, HOSTILE_SECONDS = 15.0, 30.0
PARTNER = "demo-bank"
Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PAGES = ("/dashboard", "/readyz", "/v1/units", "/v1/reports/indicators")


@dataclass
class Measured:
    """Milliseconds of reads and webhooks, and the statuses."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        return (
            f"{len(self.milliseconds)} requests, p50 {self.percentile(0.5):.1f} ms, p95 {self.percentile(0.95):.1f} ms,"
            f" statuses {dict(self.statuses)}"
        )


def main(url: str) -> int:
    """Measure calm, then under attack; print both."""
    calm = asyncio.run(measure(url, CALM_SECONDS))
    print("calm   ", calm, flush=True)
    attackers = [multiprocessing.Process(target=attack, args=(url, kind)) for kind in (slow_body, stream, page)]
    for attacker in attackers:
        attacker.start()
    time.sleep(3)
    attacked = asyncio.run(measure(url, HOSTILE_SECONDS))
    for attacker in attackers:
        attacker.terminate()
    print("hostile", attacked, flush=True)
    ratio = attacked.percentile(0.95) / calm.percentile(0.95)
    refused = [status for status in attacked.statuses if status.startswith("webhook") and status != "webhook 202"]
    print(f"p95 ratio {ratio:.2f}; webhooks refused: {refused or 'none'}")
    return 1 if ratio > 2 or refused else 0


async def measure(url: str, seconds: float) -> Measured:
    """Four readers and one partner, one request after the other with short pauses."""
    measured = Measured()
    until = time.monotonic() + seconds
    async with aiohttp.ClientSession(base_url=url) as http:
        await asyncio.gather(*(read(http, until, measured) for _ in range(4)), deliver(http, until, measured))
    return measured


async def read(http: aiohttp.ClientSession, until: float, measured: Measured) -> None:
    while time.monotonic() < until:
        await timed("read", http.get("/v1/units/15724"), measured)
        await asyncio.sleep(0.05)


async def deliver(http: aiohttp.ClientSession, until: float, measured: Measured) -> None:
    while time.monotonic() < until:
        headers, body = signed_message()
        await timed("webhook", http.post(f"/webhooks/{PARTNER}", data=body, headers=headers), measured)
        await asyncio.sleep(0.05)


async def timed(kind: str, request: AbstractAsyncContextManager[aiohttp.ClientResponse], measured: Measured) -> None:
    began = time.perf_counter()
    try:
        async with request as response:
            await response.read()
            measured.statuses[f"{kind} {response.status}"] += 1
    except aiohttp.ClientError as error:
        measured.statuses[f"{kind} {type(error).__name__}"] += 1
    measured.milliseconds.append((time.perf_counter() - began) * 1000)


def signed_message() -> tuple[dict[str, str], bytes]:
    """A Standard Webhooks message that the demo bank may send."""
    data = {
        "resident": {"personal_id": "038095000001"},
        "kind": "bank",
        "account_ref": uuid4().hex,
        "unit_code": "15724",
    }
    moment = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    body = json.dumps({"type": "payment_account.opened", "timestamp": moment, "data": data}).encode()
    message_id, timestamp = f"msg_{uuid4().hex}", str(int(time.time()))
    key = base64.b64decode(development_secret(PARTNER).removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "Content-Type": "application/json"}
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}, body


def attack(url: str, kind: Attack) -> None:
    """200 connections of one kind until the process is ended."""
    address = urlsplit(url)

    async def run() -> None:
        await asyncio.gather(*(again(kind, address.hostname or "", address.port or 80) for _ in range(EACH_KIND)))

    asyncio.run(run())


async def again(kind: Attack, host: str, port: int) -> None:
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(host, port, local_addr=(HOSTILE_ADDRESS, 0))
            try:
                await kind(reader, writer)
            finally:
                writer.close()
        await asyncio.sleep(0.5)


async def slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = b"POST /webhooks/demo-bank HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
    writer.write(head)
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await reader.read(1)
                return
        writer.write(b" ")
        await writer.drain()


async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /v1/reports/stream HTTP/1.1\r\nHost: a\r\n\r\n")
    while await reader.read(65_536):
        pass


async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for number in range(1000):
        path = PAGES[number % len(PAGES)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        if not await reader.read(65_536):
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"))
