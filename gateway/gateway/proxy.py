"""Carries one request to a service and its answer back, byte for byte, and tells the failures apart."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from chassis.errors import Problem, TooLarge
from gateway.answers import Message, RawHeaders, Receive, Scope, Send
from gateway.breaker import Breaker, RetryBudget
from gateway.errors import BadGateway, GatewayTimeout, MalformedRequest, RequestTooSlow, ServiceUnavailable
from gateway.upstream import Answer, BrokenAnswer, Call, Client, NotReached

# RFC 9110 section 7.6.1: these speak of one connection and end with it.
HOP_BY_HOP = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    }
)
# What a client says about who it is or how it came; the door says these itself or not at all.
CLIENT_CLAIMS = frozenset(
    {
        *(b"host", b"expect", b"authorization", b"cookie", b"forwarded", b"via", b"x-real-ip"),
        *(b"x-request-id", b"traceparent", b"tracestate"),
    }
)
CLIENT_CLAIM_PREFIXES = (b"x-forwarded-", b"x-internal-", b"x-bakhong-")
ANSWERED_BY_THE_DOOR = frozenset({b"server", b"date", b"x-request-id", b"traceparent", b"tracestate"})
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
WORTH_A_RETRY = frozenset({502, 503, 504})
SMALL_BODY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Budgets:
    """Seconds that each part of an exchange may take; streams only have to say something now and then."""

    request_idle: float = 10.0
    answer: float = 30.0
    answer_idle: float = 15.0
    stream_idle: float = 90.0


class ClientGone(Exception):
    """The client closed its connection; nobody waits for an answer."""


class AnswerBroken(Exception):
    """Raised out of the application after the head was sent: the server then breaks off the connection,
    because a clean end would pass half an answer off as a whole one."""


class Proxy:
    """Forwards to services by name. One breaker per service, one retry budget for all."""

    def __init__(self, client: Client, addresses: Mapping[str, str], *, budgets: Budgets | None = None) -> None:
        self._client = client
        self._addresses = {service: address.rstrip("/") for service, address in addresses.items()}
        self._budgets = budgets or Budgets()
        self._breakers = {service: Breaker() for service in addresses}
        self._retries = RetryBudget()

    async def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        service: str,
        *,
        request_headers: RawHeaders,
        body_limit: int,
    ) -> int:
        """Answer `scope` from `service`; returns the status sent.

        `request_headers` are the door's own, added after the client's were cleaned.
        Raises a Problem while nothing was sent, ClientGone, or AnswerBroken once the head was out.
        """
        check_framing(scope["headers"], body_limit)
        body = IncomingBody(scope, receive, body_limit, self._budgets.request_idle)
        watch = DisconnectWatch(body)
        try:
            return await self._exchange(scope, send, service, body, request_headers)
        except asyncio.CancelledError:
            if not watch.takes_back():
                raise
            raise ClientGone from None
        finally:
            watch.stop()

    async def _exchange(
        self,
        scope: Scope,
        send: Send,
        service: str,
        body: "IncomingBody",
        request_headers: RawHeaders,
    ) -> int:
        await body.read_if_small()
        headers = outgoing_headers(scope, request_headers)
        answer = await self._answer(scope, service, headers, body)
        try:
            return await self._send_back(scope, send, answer)
        finally:
            answer.close()

    async def _answer(self, scope: Scope, service: str, headers: list[tuple[str, str]], body: "IncomingBody") -> Answer:
        self._retries.earn()
        may_repeat = scope["method"] in IDEMPOTENT or any(name == "idempotency-key" for name, _ in headers)
        url = self._addresses[service] + target_of(scope)
        try:
            answer = await self._attempt(service, Call(scope["method"], url, headers, body.content()), body)
        except ServiceUnavailable:
            if not self._retry(body):
                raise
        except BadGateway:
            if not may_repeat or not self._retry(body):
                raise
        else:
            if not may_repeat or not _asks_for_retry(answer) or not self._retry(body):
                return answer
            answer.close()
        await asyncio.sleep(random.uniform(0.02, 0.08))
        return await self._attempt(service, Call(scope["method"], url, headers, body.content()), body)

    def _retry(self, body: "IncomingBody") -> bool:
        return body.is_repeatable and self._retries.spend()

    async def _attempt(self, service: str, call: Call, body: "IncomingBody") -> Answer:
        breaker = self._breakers[service]
        if not breaker.allows():
            raise ServiceUnavailable(headers={"Retry-After": str(max(1, round(breaker.seconds_left())))})
        try:
            async with asyncio.timeout(None) as deadline:
                body.extends(deadline, self._budgets.answer)
                answer = await self._client.open(call)
        except NotReached as error:
            breaker.failed()
            raise ServiceUnavailable(headers={"Retry-After": "1"}) from error
        except BrokenAnswer as error:
            # A body that our limits refuse or the client breaks off ends the call too: not the service's failure.
            if body.refused is not None:
                raise body.refused from error
            if body.is_gone:
                raise ClientGone from error
            breaker.failed()
            raise BadGateway from error
        except TimeoutError as error:
            breaker.failed()
            raise GatewayTimeout from error
        breaker.succeeded()
        return answer

    async def _send_back(self, scope: Scope, send: Send, answer: Answer) -> int:
        headers = returning_headers(scope["method"], answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if scope["method"] == "HEAD" or answer.status in (204, 304):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self._send_body(send, answer, _length_of(headers))
        return answer.status

    async def _send_body(self, send: Send, answer: Answer, length: int | None) -> None:
        is_stream = any(
            name == b"content-type" and value.startswith(b"text/event-stream") for name, value in answer.headers
        )
        idle = self._budgets.stream_idle if is_stream else self._budgets.answer_idle
        loop = asyncio.get_running_loop()
        seen = 0
        try:
            async with asyncio.timeout(idle) as deadline:
                async for chunk in answer.chunks():
                    seen += len(chunk)
                    # The last piece says so itself: one message less for every short answer.
                    await send({"type": "http.response.body", "body": chunk, "more_body": seen != length})
                    deadline.reschedule(loop.time() + idle)
        except (BrokenAnswer, TimeoutError) as error:
            raise AnswerBroken from error
        if seen != length or not seen:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class DisconnectWatch:
    """Cancels the exchange when the client leaves. Begins after a moment: most answers are faster than a task is made."""

    SECONDS_BEFORE = 0.05

    def __init__(self, body: "IncomingBody") -> None:
        self._body = body
        self._loop = asyncio.get_running_loop()
        self._exchange = asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(self.SECONDS_BEFORE, self._begin)
        self._has_cancelled = False

    def takes_back(self) -> bool:
        """Whether the cancellation was this watch's own, which is then undone."""
        if not self._has_cancelled or self._exchange is None:
            return False
        self._exchange.uncancel()
        return True

    def stop(self) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        await self._body.wait_until_gone()
        self._has_cancelled = True
        if self._exchange is not None:
            self._exchange.cancel()


class IncomingBody:
    """The client's body: small ones are held so that a call can be repeated, others flow through."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, idle: float) -> None:
        headers = dict(scope["headers"])
        self._receive = receive
        self._limit = limit
        self._idle = idle
        self._length = int(headers.get(b"content-length", b"0"))
        self._is_present = self._length > 0 or b"transfer-encoding" in headers
        self._is_streamed = b"transfer-encoding" in headers or self._length > SMALL_BODY_BYTES
        self._held: bytes | None = None
        self._over = asyncio.Event()
        self._deadline: tuple[asyncio.Timeout, float] | None = None
        self.is_gone = False
        self.refused: Problem | None = None

    @property
    def is_repeatable(self) -> bool:
        return not self._is_streamed

    async def read_if_small(self) -> None:
        if self._is_streamed:
            return
        if self._is_present:
            self._held = b"".join([chunk async for chunk in self._flow()])
        self._over.set()

    def content(self) -> bytes | AsyncIterator[bytes] | None:
        return self._flow() if self._is_streamed else self._held

    def extends(self, deadline: asyncio.Timeout, budget: float) -> None:
        """Let every chunk that flows push `deadline` out: the service's time starts when the body is there."""
        self._deadline = (deadline, budget)
        self._push_deadline()

    async def wait_until_gone(self) -> None:
        """Return when the client has gone. Listens itself only after the body, which others read."""
        await self._over.wait()
        while not self.is_gone:
            self.is_gone = (await self._receive())["type"] == "http.disconnect"

    async def _flow(self) -> AsyncIterator[bytes]:
        seen = 0
        more = True
        while more:
            message = await self._next_message()
            chunk: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            seen += len(chunk)
            if seen > self._limit:
                raise self._refuse(TooLarge(headers={"Connection": "close"}))
            if chunk:
                yield chunk
            self._push_deadline()
        self._over.set()

    async def _next_message(self) -> Message:
        try:
            async with asyncio.timeout(self._idle):
                message = await self._receive()
        except TimeoutError:
            raise self._refuse(RequestTooSlow()) from None
        if message["type"] == "http.disconnect":
            self.is_gone = True
            self._over.set()
            raise ClientGone
        return message

    def _refuse(self, refused: Problem) -> Problem:
        self.refused = refused
        return refused

    def _push_deadline(self) -> None:
        if self._deadline is not None and not self._deadline[0].expired():
            timeout, budget = self._deadline
            with contextlib.suppress(RuntimeError):  # already left
                timeout.reschedule(asyncio.get_running_loop().time() + budget)


def check_framing(headers: RawHeaders, body_limit: int) -> None:
    """Refuse what two parsers could cut differently (RFC 9112 section 6.3) and bodies that say they are too big."""
    lengths = [value for name, value in headers if name == b"content-length"]
    encodings = [value for name, value in headers if name == b"transfer-encoding"]
    if (lengths and encodings) or len(lengths) > 1 or len(encodings) > 1:
        raise MalformedRequest
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        raise MalformedRequest
    if encodings and encodings[0].strip().lower() != b"chunked":
        raise MalformedRequest
    if lengths and int(lengths[0]) > body_limit:
        raise TooLarge(headers={"Connection": "close"})


def outgoing_headers(scope: Scope, own: RawHeaders) -> list[tuple[str, str]]:
    """The client's headers without connection matters and claims of identity, then the door's own.

    Cleaning first matters: `Connection: x-internal-token` names a header to be dropped, and must not drop ours.
    """
    dropped = HOP_BY_HOP | CLIENT_CLAIMS | _named_by_connection(scope["headers"]) | {name for name, _ in own}
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in dropped and not name.startswith(CLIENT_CLAIM_PREFIXES) and b"_" not in name
    ]
    try:
        return [(name.decode("ascii"), value.decode("utf-8")) for name, value in (*kept, *own)]
    except UnicodeDecodeError as error:
        raise MalformedRequest from error


def returning_headers(method: str, answer: Answer) -> RawHeaders:
    """The service's headers without connection matters and without those that the door writes on every answer."""
    dropped = HOP_BY_HOP | ANSWERED_BY_THE_DOOR | _named_by_connection(answer.headers)
    if answer.status in (204, 304) and method != "HEAD":
        dropped |= {b"content-length"}
    return [(name, value) for name, value in answer.headers if name not in dropped]


def target_of(scope: Scope) -> str:
    """Path and query exactly as the client wrote them, still encoded."""
    raw: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    try:
        return (raw + b"?" + query if query else raw).decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedRequest from error


def _length_of(headers: RawHeaders) -> int | None:
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


def _named_by_connection(headers: RawHeaders) -> set[bytes]:
    tokens = b",".join(value for name, value in headers if name == b"connection").lower().split(b",")
    return {token.strip() for token in tokens}


def _asks_for_retry(answer: Answer) -> bool:
    # With Retry-After the service said when; asking sooner would only add to its load.
    return answer.status in WORTH_A_RETRY and not any(name == b"retry-after" for name, _ in answer.headers)
