"""The floor of a webhook: the gateway's server, batch writer and answer, without signature, shapes and encryption."""

import asyncio
import os
from typing import Any

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import Database, database_url
from gateway.app import http_protocol
from gateway.webhooks.batch_writer import PendingDelivery, WebhookBatchWriter

__all__ = ["app", "http_protocol"]
HEADERS = [(b"x-header-%d" % number, b"as long as one of the gateway") for number in range(10)]
"""As many as the gateway writes."""


class NoChecks:
    """Pure ASGI, as the gateway is: whatever comes is stored as it is."""

    def __init__(self) -> None:
        self._writer = WebhookBatchWriter(Database(database_url(os.environ["DATABASE_URL"], "gateway")))
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["method"] == "GET":
            await _answer(send, 200)
        else:
            body = (await receive())["body"]
            await self._writer.write(_as_it_is(body))
            await _answer(send, 202)

    async def _live(self, receive: Any, send: Any) -> None:
        self._writing = asyncio.get_running_loop().create_task(self._writer.run())
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._writing.cancel()
        await send({"type": "lifespan.shutdown.complete"})


def _as_it_is(body: bytes) -> PendingDelivery:
    moment, number = now(), new_id()
    return PendingDelivery(
        id=number, partner_id="demo-bank", webhook_id=str(number), event="payment_account.opened", occurred_at=moment,
        received_at=moment, body_hash=b"0" * 32, subject_key="0" * 64, encrypted=body, traceparent="",
    )  # fmt: skip


async def _answer(send: Any, status: int) -> None:
    length = (b"content-length", b"2")
    await send({"type": "http.response.start", "status": status, "headers": [length, *HEADERS]})
    await send({"type": "http.response.body", "body": b"{}"})


app = NoChecks()
