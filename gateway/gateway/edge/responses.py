"""Responses that the gateway writes itself: problems and small JSON documents."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from pydantic_core import to_json

from chassis.errors import Problem
from chassis.web.routing import language_of
from gateway.edge.request_head import RawHeaders
from gateway.edge.tracing import Trace

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SECURITY_HEADERS: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
CLOSED_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
NOT_STORED = (b"cache-control", b"no-store")
WRITTEN_BY_THE_GATEWAY = frozenset(
    {
        *(b"x-request-id", b"traceparent", b"tracestate", STRICT_TRANSPORT[0]),
        *(name for name, _ in SECURITY_HEADERS),
        *(b"access-control-allow-origin", b"access-control-expose-headers"),
    }
)
QUOTA = frozenset({b"ratelimit", b"ratelimit-policy"})
CLIENT_GONE = 499
"""Counted when the client had gone."""


class ResponseWriter:
    """The server's `send` with the gateway's headers on every response: ours replace the service's, defaults fill gaps."""

    def __init__(self, send: Send, trace: Trace, always: RawHeaders) -> None:
        self._send = send
        self._headers = [*trace.headers(), *always]
        self._replaced = WRITTEN_BY_THE_GATEWAY
        self.has_begun = False
        self.status = CLIENT_GONE
        self.route = "none"
        """The route's template for metrics: never the path as sent."""
        self.before_response: Callable[[], Awaitable[None]] | None = None
        self.on_status: Callable[[int], Awaitable[None]] | None = None

    def add_quota(self, headers: RawHeaders) -> None:
        """What is left of the caller's quota."""
        self._headers += headers
        self._replaced = WRITTEN_BY_THE_GATEWAY | QUOTA

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = self._completed(message.get("headers", ()))
            if self.before_response is not None:
                await self.before_response()
            if self.on_status is not None:
                await self.on_status(message["status"])
            self.has_begun = True
            self.status = message["status"]
        await self._send(message)

    def _completed(self, headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
        replaced = self._replaced
        complete = [pair for pair in headers if pair[0] not in replaced]
        names = {name for name, _ in complete}
        complete += self._headers
        if CLOSED_PAGE[0] not in names:
            complete.append(CLOSED_PAGE)
        if NOT_STORED[0] not in names:
            complete.append(NOT_STORED)
        return complete


async def send_problem(scope: Scope, send: Send, problem: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Respond with the problem (RFC 9457) in the caller's language."""
    wanted = b",".join(header_values(scope, b"accept-language")).decode("latin-1")
    language = language_of(wanted)
    own = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send_json(
        send,
        problem.status,
        problem.render(language, scope["path"]),
        [(b"content-language", language.encode()), *own, *headers],
        media_type=b"application/problem+json",
    )


async def send_json(
    send: Send, status: int, document: Any, headers: RawHeaders, *, media_type: bytes = b"application/json"
) -> None:
    """Respond with a document; None sends no body."""
    body = b"" if document is None else to_json(document)
    kind = [] if document is None else [(b"content-type", media_type)]
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*kind, *length, *headers]})
    await send({"type": "http.response.body", "body": body})


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """All values of a header, in their order."""
    return [value for key, value in scope["headers"] if key == name]


def headless(send: Send) -> Send:
    """FastAPI's GET routes have no HEAD: the response to HEAD is that to GET without its body."""

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {**message, "body": b""}
        await send(message)

    return without_body
