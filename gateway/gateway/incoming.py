"""The body of a request on its way in, and the client at its other end, who may leave."""

import asyncio
from collections.abc import AsyncIterator

from chassis.errors import TooLarge
from gateway.answers import Receive
from gateway.deadlines import Deadline, Deadlines
from gateway.errors import RequestTooSlow
from gateway.head import Head

SMALL_BODY_BYTES = 65_536


class ClientGone(Exception):
    """The client closed its connection; nobody waits for an answer."""


class IncomingBody:
    """The client's body: small ones are held so that a call can be repeated, others flow through."""

    def __init__(self, head: Head, receive: Receive, limit: int, idle: float, deadlines: Deadlines) -> None:
        length = head.only(b"content-length")
        self.length = int(length) if length is not None else None
        is_chunked = b"transfer-encoding" in head
        self.is_streamed = is_chunked or (self.length or 0) > SMALL_BODY_BYTES
        self.is_over = not is_chunked and not self.length
        """Whether all of it was read."""
        self._receive = receive
        self._limit = limit
        self._idle = idle
        self._deadlines = deadlines
        self._held: bytes | None = None
        self._pushed: tuple[Deadline, float] | None = None

    async def read_if_small(self) -> None:
        if not self.is_over and not self.is_streamed:
            self._held = b"".join([chunk async for chunk in self._flow()])

    def content(self) -> bytes | AsyncIterator[bytes] | None:
        return self._flow() if self.is_streamed else self._held

    def push(self, deadline: Deadline, budget: float) -> None:
        """Let every chunk that flows push `deadline` out: the service's time starts when the body is there."""
        self._pushed = (deadline, budget)

    async def wait_until_gone(self) -> None:
        """Return when the client has gone; listens itself, so only once the body is over."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _flow(self) -> AsyncIterator[bytes]:
        seen = 0
        while not self.is_over:
            chunk, more = await self._next_piece()
            seen += len(chunk)
            if seen > self._limit:
                raise TooLarge(headers={"Connection": "close"})
            if chunk:
                yield chunk
            if self._pushed is not None:
                deadline, budget = self._pushed
                deadline.extend(budget)
            self.is_over = not more

    async def _next_piece(self) -> tuple[bytes, bool]:
        try:
            with self._deadlines.within(self._idle):
                message = await self._receive()
        except TimeoutError:
            raise RequestTooSlow from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message.get("body", b""), message.get("more_body", False)


async def read_body(receive: Receive, limit: int, idle: float, deadlines: Deadlines) -> bytes:
    """The whole body; TooLarge over the limit, RequestTooSlow when it dribbles, ClientGone when it breaks off."""
    parts: list[bytes] = []
    size = 0
    try:
        with deadlines.within(idle):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise TooLarge(headers={"Connection": "close"})
                if not message.get("more_body"):
                    return b"".join([*parts, part]) if parts else part
                parts.append(part)
    except TimeoutError:
        raise RequestTooSlow from None


class DisconnectWatch:
    """Cancels the exchange when the client leaves. Begins after a moment, for it costs a task: nearly every answer is
    there before, also when 32 connections take turns on one busy core."""

    SECONDS_BEFORE = 0.25

    def __init__(self, body: IncomingBody, deadlines: Deadlines) -> None:
        self._body = body
        self._deadlines = deadlines
        self._exchange = asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._has_cancelled = False
        self._beginning = deadlines.later(self.SECONDS_BEFORE, self._begin)

    def takes_back(self) -> bool:
        """Whether the cancellation was this watch's own, which is then undone."""
        if not self._has_cancelled or self._exchange is None:
            return False
        self._exchange.uncancel()
        return True

    def stop(self) -> None:
        self._beginning.forget()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        if self._body.is_over:
            self._task = asyncio.get_running_loop().create_task(self._watch())
        else:  # who reads the body sees the client leave
            self._beginning = self._deadlines.later(self.SECONDS_BEFORE, self._begin)

    async def _watch(self) -> None:
        await self._body.wait_until_gone()
        self._has_cancelled = True
        if self._exchange is not None:
            self._exchange.cancel()
