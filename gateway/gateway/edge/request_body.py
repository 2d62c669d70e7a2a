"""The body of a request, and the client, who may disconnect."""

import asyncio
from collections.abc import AsyncIterator, Callable

from chassis.errors import Problem, TooLarge
from gateway.edge.request_head import RequestHead
from gateway.edge.responses import Message, Receive
from gateway.errors import RequestTooSlow

SMALL_BODY_BYTES = 65_536


class ClientGone(Exception):
    """The client closed its connection; no response can reach it."""


class ForwardedBody:
    """The client's body: small bodies are kept so that a call can be repeated, others are streamed."""

    def __init__(self, head: RequestHead, receive: Receive, limit: int, idle: float) -> None:
        length = head.only(b"content-length")
        self.length = int(length) if length is not None else None
        is_chunked = b"transfer-encoding" in head
        self.is_streamed = is_chunked or (self.length or 0) > SMALL_BODY_BYTES
        self.failure: Problem | ClientGone | None = None
        """Why the body broke off; the HTTP client that sends it on reports only that it did."""
        self.on_piece: Callable[[], None] | None = None
        """Called after each piece."""
        self.is_empty = not is_chunked and not self.length
        self._receive = receive
        self._limit = limit
        self._idle = idle
        self._held: bytes | None = None
        self._ended = asyncio.Event()

    async def read_if_small(self) -> None:
        if not self.is_streamed:
            if not self.is_empty:
                self._held = b"".join([piece async for piece in self._flow()])
            self._ended.set()

    def content(self) -> bytes | AsyncIterator[bytes] | None:
        return self._flow() if self.is_streamed else self._held

    async def wait_until_gone(self) -> None:
        """Return when the client has gone or its body broke off. Reads from the client, but only after the body."""
        await self._ended.wait()
        while self.failure is None and (await self._receive())["type"] != "http.disconnect":
            pass

    async def _flow(self) -> AsyncIterator[bytes]:
        try:
            async for piece in _pieces(self._receive, self._limit, self._idle):
                if piece:
                    yield piece
                if self.on_piece is not None:
                    self.on_piece()
        except (Problem, ClientGone) as failure:
            self.failure = failure
            raise
        finally:
            self._ended.set()


def has_body(head: RequestHead) -> bool:
    """Whether a request announces a body that is not empty."""
    return b"transfer-encoding" in head or head.only(b"content-length") not in (None, b"0")


async def read_body(receive: Receive, limit: int, idle: float) -> bytes:
    """The whole body; TooLarge over the limit, RequestTooSlow when it dribbles, ClientGone when it breaks off."""
    try:
        async with asyncio.timeout(idle):
            return b"".join([piece async for piece in _pieces(receive, limit, None)])
    except TimeoutError:
        raise RequestTooSlow from None


async def _pieces(receive: Receive, limit: int, idle: float | None) -> AsyncIterator[bytes]:
    size, more = 0, True
    while more:
        message = await receive() if idle is None else await _within(idle, receive)
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise TooLarge(headers={"Connection": "close"})
        yield piece
        more = message.get("more_body", False)


async def _within(seconds: float, receive: Receive) -> Message:
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError:
        raise RequestTooSlow from None


class DisconnectWatch:
    """Cancels the current task when the client disconnects. Starts after a moment: most responses are there before,
    and a task for each request costs a tenth of it."""

    SECONDS_BEFORE = 0.25

    def __init__(self, body: ForwardedBody) -> None:
        self.has_cancelled = False
        self._body = body
        self._exchange = asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(self.SECONDS_BEFORE, self._begin)

    def stop(self) -> None:
        """Watch no more; a cancellation by this watch is taken back."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        if self.has_cancelled and self._exchange is not None:
            self._exchange.uncancel()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        await self._body.wait_until_gone()
        self.has_cancelled = True
        if self._exchange is not None:
            self._exchange.cancel()


def replayed(body: bytes, receive: Receive) -> Receive:
    """Replay a body that was read already, as one message."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
