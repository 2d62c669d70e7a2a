"""Webhooks to partners, for `bench.rows.sending`: our durable sender, and a bare aiohttp sender of the same messages.

python -m bench.contenders.webhooks_out platform|bare EVENTS
python -m bench.contenders.webhooks_out endpoints EVENTS DEAD    p99 milliseconds to the 30 good of 30 + DEAD endpoints
"""

import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import aiohttp

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Database, database_url
from contracts.onboarding import StepCompleted
from notifications.commands.publishing import publish_internal
from notifications.commands.subscriptions import create_subscription
from notifications.model.partners import KnownPartner
from notifications.sender.loop import Sender
from notifications.sender.signatures import headers_of
from notifications.settings import NotificationsSettings

GOOD, PLACES = 30, 10
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
APP = "bench-app"


class Endpoint(asyncio.Protocol):
    """Answers every request at once; under `/dead` never."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        head, found, rest = self.waiting.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(rest) >= length:
            self.waiting = rest[length:]
            if not head.startswith(b"POST /dead"):
                self.transport.write(ANSWER)


def _serve(port: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Endpoint, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def endpoint() -> Iterator[str]:
    """The URL of an endpoint in a separate process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


async def prepared(database: Database, urls: list[str], events: int) -> None:
    """Subscriptions to these URLs, and events for them."""
    async with database.transaction() as session:
        await session.merge(KnownPartner(id=APP, version=1, kind="app", is_active=True))
        caller = Caller(role="partner", subject=APP, partner_id=APP)
        for url in urls:
            await create_subscription(session, caller, url, ["step.completed"], None)
    async with database.transaction() as session:
        await publish_internal(session, [_step() for _ in range(events)])


def _step() -> StepCompleted:
    return StepCompleted(resident_id=new_id(), version=1, unit_id=new_id(), unit_code="15724", step="payment_account",
                         status="completed", at=now(), completed_at=now())  # fmt: skip


async def platform(database: Database, url: str, events: int) -> float:
    """Deliveries a second of one sender process to one endpoint, every attempt stored."""
    await prepared(database, [f"{url}/good"], events)
    began = time.monotonic()
    await Sender(database, NotificationsSettings(endpoint_places=PLACES)).drain()
    return events / (time.monotonic() - began)


async def bare(url: str, events: int) -> float:
    """The same messages by a loop around aiohttp, with as many requests at once; nothing is stored."""
    body = b"x" * 330
    left = iter(range(events))

    async def send(session: aiohttp.ClientSession) -> None:
        for _ in left:
            headers = headers_of(str(new_id()), now(), body, [b"k" * 32])
            async with session.post(f"{url}/good", data=body, headers=headers) as response:
                await response.read()

    async with aiohttp.ClientSession() as session:
        began = time.monotonic()
        await asyncio.gather(*(send(session) for _ in range(PLACES)))
        return events / (time.monotonic() - began)


async def endpoints(database: Database, url: str, events: int, dead: int) -> float:
    """p99 of the milliseconds from becoming known to the answer of a good endpoint, beside `dead` ones."""
    urls = [f"{url}/good/{number}" for number in range(GOOD)] + [f"{url}/dead/{number}" for number in range(dead)]
    await prepared(database, urls, 1)
    sending = asyncio.create_task(Sender(database, NotificationsSettings(endpoint_places=PLACES)).run())
    for _ in range(events):
        async with database.transaction() as session:
            await publish_internal(session, [_step()])
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    rows = await database.fetch(
        "SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM d.delivered_at - e.recorded_at) * 1000)"
        " FROM delivery d JOIN public_event e ON e.position = d.position JOIN subscription s ON s.id = d.subscription_id"
        " WHERE s.url LIKE '%/good/%' AND s.deleted_at IS NULL"
    )
    return float(rows[0][0])


async def main() -> None:
    """Measures one way, prints its figure."""
    way, events = sys.argv[1], int(sys.argv[2])
    database = Database(database_url(os.environ["DATABASE_URL"], "notifications"), pool_size=8, application="bench")
    await database.fetch("UPDATE subscription SET deleted_at = now() WHERE deleted_at IS NULL")
    with endpoint() as url:
        match way:
            case "platform":
                print(await platform(database, url, events))
            case "bare":
                print(await bare(url, events))
            case _:
                print(await endpoints(database, url, events, int(sys.argv[3])))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
