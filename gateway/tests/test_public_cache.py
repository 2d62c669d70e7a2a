"""Many requests for one public page cost the service one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.edge.request_head import RequestHead
from gateway.proxy.public_cache import SECONDS_CACHED, PublicCache

SCOPE = {"type": "http", "method": "GET", "raw_path": b"/v1/units", "query_string": b""}


class Service:
    """Responds with `status` when it is let go; counts the requests that reach it."""

    def __init__(self, status: int, *, cookie: bool = False) -> None:
        self.requests = 0
        self.go_on = asyncio.Event()
        self._start = {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"set-cookie", b"a=b")] if cookie else [],
        }

    async def __call__(self, send: Callable[[Any], Awaitable[None]]) -> None:
        self.requests += 1
        await self.go_on.wait()
        await send(dict(self._start))
        await send({"type": "http.response.body", "body": b"{}"})


async def statuses_of(cache: PublicCache, service: Service, requests: int) -> list[int]:
    """What that many simultaneous requests get."""
    received: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            received.append(message["status"])

    waiting = [asyncio.create_task(cache.respond(SCOPE, RequestHead([]), send, service)) for _ in range(requests)]
    await asyncio.sleep(0)
    service.go_on.set()
    await asyncio.gather(*waiting)
    return received


async def test_simultaneous_requests_for_one_page_reach_the_service_once() -> None:
    service = Service(200)
    assert await statuses_of(PublicCache(), service, 50) == [200] * 50
    assert service.requests == 1


async def test_a_refusal_serves_those_who_waited_for_it_and_no_later_caller() -> None:
    cache, service = PublicCache(), Service(503)
    assert await statuses_of(cache, service, 50) == [503] * 50
    assert service.requests == 1
    assert await statuses_of(cache, service, 1) == [503]
    assert service.requests == 2


async def test_a_page_is_kept_for_seconds() -> None:
    seconds = [0.0]
    cache, service = PublicCache(clock=lambda: seconds[0]), Service(200)
    for seconds[0] in (1.0, 1.1, 1.0 + SECONDS_CACHED, 1.1 + SECONDS_CACHED):
        await statuses_of(cache, service, 1)
    assert service.requests == 2


async def test_a_response_with_a_cookie_is_never_shared() -> None:
    service = Service(200, cookie=True)
    await statuses_of(PublicCache(), service, 5)
    assert service.requests == 5
