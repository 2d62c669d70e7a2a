"""Forwards one request to a service and its response back, byte for byte, and distinguishes the failures."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass

import aiohttp

from chassis.web.circuit_breaker import CircuitBreaker
from gateway.edge.framing import check_length, outgoing_headers, returning_headers
from gateway.edge.in_flight import LimitReached
from gateway.edge.request_body import ClientGone, DisconnectWatch, ForwardedBody
from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.edge.responses import Receive, Scope, Send
from gateway.errors import BadGateway, GatewayTimeout, MalformedRequest, Overloaded, ServiceUnavailable
from gateway.proxy.client import BrokenResponse, Call, ProxyClient, ServiceUnreachable
from gateway.proxy.concurrency import AdaptiveLimit
from gateway.proxy.retry_budget import RetryBudget

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
NO_LIMIT = nullcontext()
WORTH_A_RETRY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Budgets:
    """Seconds that each part of an exchange may take; a stream only has to send something within `stream_idle`."""

    request_idle: float = 10.0
    answer: float = 30.0
    answer_idle: float = 15.0
    stream_idle: float = 90.0


class ResponseAborted(Exception):
    """Raised out of the application after the head was sent: the server then closes the connection,
    because a clean end would pass half a response off as a whole one."""


class Proxy:
    """Forwards to services by name. One circuit breaker and one adaptive limit per service, one retry budget for all."""

    def __init__(
        self,
        client: ProxyClient,
        addresses: Mapping[str, str],
        *,
        budgets: Budgets | None = None,
        most_calls: int = 512,
    ) -> None:
        self._client = client
        self._addresses = {service: address.rstrip("/") for service, address in addresses.items()}
        self._budgets = budgets or Budgets()
        self._breakers = {service: CircuitBreaker() for service in addresses}
        self._limits = {service: AdaptiveLimit(service, most_calls) for service in addresses}
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
        reading: AbstractContextManager[None] = NO_LIMIT,
        place: AbstractContextManager[None] = NO_LIMIT,
    ) -> int:
        """Forward `scope` to `service`; returns the status sent.

        `request_headers` are the gateway's own, added after the client's were cleaned. `reading` is entered while a body
        is unfinished, `place` once a small body is there: a slow body takes no place of others.
        Raises a Problem while nothing was sent, ClientGone, or ResponseAborted once the head was out.
        """
        head = RequestHead(scope["headers"])
        check_length(head, body_limit)
        body = ForwardedBody(head, receive, body_limit, self._budgets.request_idle)
        with ExitStack() as held:
            if not body.is_empty:
                held.enter_context(reading)
            await body.read_if_small()
            if not body.is_streamed:
                held.close()
            held.enter_context(place)
            return await self._exchange(scope, send, service, outgoing_headers(head, request_headers), body)

    async def _exchange(self, scope: Scope, send: Send, service: str, headers: RawHeaders, body: ForwardedBody) -> int:
        watch = DisconnectWatch(body)
        try:
            call = self._call(scope, service, headers, body)
            with closing(await self._fetch(service, call, body)) as response:
                await self._send_back(scope["method"], send, response)
        except asyncio.CancelledError:
            if not watch.has_cancelled:
                raise
            raise body.failure or ClientGone from None
        finally:
            watch.stop()
        return response.status

    def _call(self, scope: Scope, service: str, headers: RawHeaders, body: ForwardedBody) -> Call:
        method: str = scope["method"]
        is_safe_twice = method in IDEMPOTENT or any(name == b"idempotency-key" for name, _ in headers)
        return Call(
            method,
            self._addresses[service],
            target_of(scope),
            headers,
            body.content(),
            length=body.length if body.is_streamed else None,
            may_repeat=is_safe_twice and not body.is_streamed,
        )

    async def _fetch(self, service: str, call: Call, body: ForwardedBody) -> aiohttp.ClientResponse:
        self._retries.earn()
        try:
            response = await self._attempt(service, call, body)
        except ServiceUnavailable:
            if body.is_streamed or not self._retries.spend():
                raise
        else:
            if not call.may_repeat or not _is_worth_a_retry(response) or not self._retries.spend():
                return response
            response.close()
        await asyncio.sleep(random.uniform(0.02, 0.08))
        return await self._attempt(service, call, body)

    async def _attempt(self, service: str, call: Call, body: ForwardedBody) -> aiohttp.ClientResponse:
        limit = self._limits[service]
        try:
            began = limit.enter()
        except LimitReached as reached:
            raise Overloaded from reached
        try:
            return await self._fetch_once(service, call, body)
        finally:
            limit.leave(began, counts=not body.is_streamed)

    async def _fetch_once(self, service: str, call: Call, body: ForwardedBody) -> aiohttp.ClientResponse:
        breaker = self._breakers[service]
        if not breaker.allows():
            raise ServiceUnavailable(headers={"Retry-After": str(max(1, round(breaker.seconds_left())))})
        try:
            response = await self._open_in_time(call, body)
        except UnicodeDecodeError as error:
            raise MalformedRequest from error
        except ServiceUnreachable as error:
            breaker.failed()
            raise ServiceUnavailable(headers={"Retry-After": "1"}) from error
        except BrokenResponse as error:
            if body.failure is not None:  # the client's fault, not the service's
                raise body.failure from error
            breaker.failed()
            raise BadGateway from error
        except TimeoutError as error:
            breaker.failed()
            raise GatewayTimeout from error
        breaker.succeeded()
        return response

    async def _open_in_time(self, call: Call, body: ForwardedBody) -> aiohttp.ClientResponse:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._budgets.answer) as limit:
            # The service's time starts when the body is there, so every piece of it starts the time again.
            body.on_piece = lambda: limit.reschedule(loop.time() + self._budgets.answer)
            try:
                return await self._client.open(call)
            finally:
                body.on_piece = None

    async def _send_back(self, method: str, send: Send, response: aiohttp.ClientResponse) -> None:
        received = [(name.lower(), value) for name, value in response.raw_headers]
        headers = returning_headers(method, response.status, received)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if method == "HEAD" or response.status in (204, 304):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif response.content.is_eof():  # all of it came with the head
            await send({"type": "http.response.body", "body": response.content.read_nowait(), "more_body": False})
        else:
            await self._send_pieces(send, response)

    async def _send_pieces(self, send: Send, response: aiohttp.ClientResponse) -> None:
        is_stream = response.headers.get("Content-Type", "").startswith("text/event-stream")
        idle = self._budgets.stream_idle if is_stream else self._budgets.answer_idle
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(idle) as limit:
                async for piece in response.content.iter_any():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    limit.reschedule(loop.time() + idle)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise ResponseAborted from error
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def target_of(scope: Scope) -> str:
    """Path and query exactly as the client wrote them, still encoded."""
    query: bytes = scope["query_string"]
    target: bytes = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    if not target.isascii() or b"#" in target:
        raise MalformedRequest
    return target.decode()


def _is_worth_a_retry(response: aiohttp.ClientResponse) -> bool:
    # Retry-After names the time; an earlier retry would only add to the service's load.
    return response.status in WORTH_A_RETRY and "Retry-After" not in response.headers
