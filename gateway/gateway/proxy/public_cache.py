"""Responses of public operations, kept for seconds: many requests for one page cost the service one."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from gateway.edge.request_head import RequestHead
from gateway.edge.responses import Message, Scope, Send
from gateway.proxy.routing_table import Route

SECONDS_CACHED = 2.0
LARGEST = 1_048_576
"""Bytes of a body; larger ones are not kept."""
MOST_PAGES = 256
KEPT = (200, 304)
VARIES_BY = (b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"x-forwarded-host", b"host")
RARELY_CHANGED = frozenset(
    {
        "/track",
        "/v1/feedback/published",
        "/v1/units",
        "/v1/units/{code}",
        "/v1/procedures",
        "/v1/procedures/{code}",
        "/v1/banks",
        "/v1/onboarding/steps",
    }
)
"""Public catalogues that are answered from the cache, besides pages and reports."""


@dataclass(slots=True)
class CachedPage:
    """The messages of one response; none while it is fetched. One request at a time fetches it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    messages: list[Message] = field(default_factory=list)
    fetched_at: float = 0.0
    status: int = 0

    def may_answer(self, now: float, asked_at: float) -> bool:
        """Whether it was fetched in the last seconds or, whatever its status, while the request waited for it."""
        is_fresh = self.status in KEPT and now - self.fetched_at < SECONDS_CACHED
        return bool(self.messages) and (is_fresh or self.fetched_at >= asked_at)


class PublicCache:
    """For requests without a credential only: their response is the same for every caller."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()

    async def respond(
        self, scope: Scope, head: RequestHead, send: Send, forward: Callable[[Send], Awaitable[object]]
    ) -> None:
        """Send the kept response, or that of `forward`: a complete 200 or 304 is kept, any other serves who waited for it."""
        key = (scope["method"], scope["raw_path"], scope["query_string"], *(tuple(head.values(n)) for n in VARIES_BY))
        page = self._page(key)
        asked_at = self._clock()
        async with page.lock:
            if not page.may_answer(self._clock(), asked_at):
                recording = Recording(send)
                await forward(recording)
                if recording.may_be_shared:
                    page.messages, page.fetched_at, page.status = recording.messages, self._clock(), recording.status
                return
            messages = page.messages
        for message in messages:
            await send(dict(message))

    def _page(self, key: Hashable) -> CachedPage:
        page = self._pages.setdefault(key, CachedPage())
        self._pages.move_to_end(key)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return page


class Recording:
    """Sends a response on and keeps its messages while they are small."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.messages: list[Message] = []
        self._size = 0
        self._is_complete = False

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def may_be_shared(self) -> bool:
        start = self.messages[0] if self.messages else {}
        has_cookie = any(name == b"set-cookie" for name, _ in start.get("headers", ()))
        return self._is_complete and self._size <= LARGEST and not has_cookie

    async def __call__(self, message: Message) -> None:
        self._size += len(message.get("body", b""))
        if self._size <= LARGEST:
            self.messages.append(dict(message))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._is_complete = True
        await self._send(message)


def may_be_cached(route: Route) -> bool:
    """Whether its response is the same for every caller without a credential and may be seconds old."""
    is_page = route.template.startswith(("/dashboard", "/v1/reports/")) or route.template in RARELY_CHANGED
    return route.public and route.method == "GET" and is_page and not route.streams
