"""A partner's endpoint for tests: real HTTP on the loopback, which verifies with the reference library and records."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook


@dataclass
class Received:
    """One request."""

    id: str
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    def verified_by(self, secret: str) -> Any:
        """What the reference library reads; it raises where the signature does not fit."""
        return Webhook(secret).verify(self.body, self.headers)


Answer = Callable[[Received], Awaitable[web.Response]]


@dataclass
class Receiver:
    """Answers with `status`, or with `answer` for more."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str = "ok"
    answer: Answer | None = None
    seen: list[Received] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.seen]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(headers.get("webhook-id", ""), headers, await request.read(), request.path)
        self.seen.append(received)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.answer is not None:
                return await self.answer(received)
            return web.Response(status=self.status, text=self.text, headers=self.headers)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def receiving(**options: Any) -> AsyncIterator[Receiver]:
    """A receiver on a free port of the loopback."""
    receiver = Receiver(**options)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
