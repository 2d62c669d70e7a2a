"""Carries one request to a service and its answer back, byte for byte, and tells the failures apart."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.answers import Receive, Scope, Send
from gateway.breaker import Breaker, RetryBudget
from gateway.deadlines import Deadlines
from gateway.errors import BadGateway, GatewayTimeout, MalformedRequest, Overloaded, ServiceUnavailable
from gateway.head import Head, RawHeaders
from gateway.headers import check_length, outgoing_headers, returning_headers
from gateway.incoming import ClientGone, DisconnectWatch, IncomingBody
from gateway.limits import Crowded
from gateway.room import Room
from gateway.upstream import Answer, BrokenAnswer, Call, Client, NotReached

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
WORTH_A_RETRY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Budgets:
    """Seconds that each part of an exchange may take; streams only have to say something now and then."""

    request_idle: float = 10.0
    answer: float = 30.0
    answer_idle: float = 15.0
    stream_idle: float = 90.0


class AnswerBroken(Exception):
    """Raised out of the application after the head was sent: the server then breaks off the connection,
    because a clean end would pass half an answer off as a whole one."""


class Proxy:
    """Forwards to services by name. One breaker and one room per service, one retry budget for all."""

    def __init__(
        self, client: Client, addresses: Mapping[str, str], *, budgets: Budgets | None = None, most_calls: int = 512
    ) -> None:
        self._client = client
        self._addresses = {service: address.rstrip("/") for service, address in addresses.items()}
        self._budgets = budgets or Budgets()
        self._breakers = {service: Breaker() for service in addresses}
        self._rooms = {service: Room(service, most_calls) for service in addresses}
        self._retries = RetryBudget()
        self._deadlines = Deadlines()

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
        head = Head(scope["headers"])
        check_length(head, body_limit)
        body = IncomingBody(head, receive, body_limit, self._budgets.request_idle, self._deadlines)
        watch = DisconnectWatch(body, self._deadlines)
        try:
            await body.read_if_small()
            answer = await self._answer(scope, service, outgoing_headers(head, request_headers), body)
            try:
                await self._send_back(scope["method"], send, answer)
            finally:
                answer.close()
        except asyncio.CancelledError:
            if not watch.takes_back():
                raise
            raise ClientGone from None
        finally:
            watch.stop()
        return answer.status

    async def _answer(self, scope: Scope, service: str, headers: RawHeaders, body: IncomingBody) -> Answer:
        self._retries.earn()
        method: str = scope["method"]
        may_repeat = not body.is_streamed and (
            method in IDEMPOTENT or any(name == b"idempotency-key" for name, _ in headers)
        )
        call = Call(
            method, self._addresses[service], target_of(scope), headers, body.content(), body.length, may_repeat
        )
        try:
            answer = await self._attempt(service, call, body)
        except ServiceUnavailable:
            if body.is_streamed or not self._retries.spend():
                raise
        except BadGateway:
            if not may_repeat or not self._retries.spend():
                raise
        else:
            if not may_repeat or not _asks_for_retry(answer) or not self._retries.spend():
                return answer
            answer.close()
        await asyncio.sleep(random.uniform(0.02, 0.08))
        return await self._attempt(service, call, body)

    async def _attempt(self, service: str, call: Call, body: IncomingBody) -> Answer:
        room = self._rooms[service]
        try:
            began = room.enter()
        except Crowded as crowded:
            raise Overloaded from crowded
        try:
            return await self._ask(service, call, body)
        finally:
            room.leave(began, tells=not body.is_streamed)

    async def _ask(self, service: str, call: Call, body: IncomingBody) -> Answer:
        breaker = self._breakers[service]
        if not breaker.allows():
            raise ServiceUnavailable(headers={"Retry-After": str(max(1, round(breaker.seconds_left())))})
        try:
            with self._deadlines.within(self._budgets.answer) as deadline:
                body.push(deadline, self._budgets.answer)
                answer = await self._client.open(call)
        except NotReached as error:
            breaker.failed()
            raise ServiceUnavailable(headers={"Retry-After": "1"}) from error
        except BrokenAnswer as error:
            breaker.failed()
            raise BadGateway from error
        except TimeoutError as error:
            breaker.failed()
            raise GatewayTimeout from error
        breaker.succeeded()
        return answer

    async def _send_back(self, method: str, send: Send, answer: Answer) -> None:
        headers = returning_headers(method, answer.status, answer.headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if method == "HEAD" or answer.status in (204, 304):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif answer.body is not None:
            await send({"type": "http.response.body", "body": answer.body, "more_body": False})
        else:
            await self._send_pieces(send, answer)

    async def _send_pieces(self, send: Send, answer: Answer) -> None:
        is_stream = any(
            name == b"content-type" and value.startswith(b"text/event-stream") for name, value in answer.headers
        )
        idle = self._budgets.stream_idle if is_stream else self._budgets.answer_idle
        try:
            with self._deadlines.within(idle) as deadline:
                async for piece in answer.chunks():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    deadline.extend(idle)
        except (BrokenAnswer, TimeoutError) as error:
            raise AnswerBroken from error
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def target_of(scope: Scope) -> bytes:
    """Path and query exactly as the client wrote them, still encoded."""
    query: bytes = scope["query_string"]
    target: bytes = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    if not target.isascii():
        raise MalformedRequest
    return target


def _asks_for_retry(answer: Answer) -> bool:
    # With Retry-After the service said when; asking sooner would only add to its load.
    return answer.status in WORTH_A_RETRY and not any(name == b"retry-after" for name, _ in answer.headers)
