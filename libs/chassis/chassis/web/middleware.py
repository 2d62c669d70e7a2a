"""Pure ASGI around every request: its id and trace, its metrics. A BaseHTTPMiddleware would halve the throughput."""

import re
import secrets
from functools import cache
from time import perf_counter
from typing import Any

from structlog.contextvars import bind_contextvars, clear_contextvars

from chassis.ids import new_id
from chassis.observability import metrics
from chassis.observability.tracing import TRACING, Span

REQUEST_ID = re.compile(rb"^[A-Za-z0-9_-]{8,64}$")
TRACEPARENT = re.compile(rb"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Polled every few seconds by monitoring."""


class ObservabilityMiddleware:
    """Gives each request its id and trace, sends them back, and counts the answer under its route's template."""

    def __init__(self, app: Any, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _valid(headers.get(b"x-request-id"), REQUEST_ID) or str(new_id()).encode()
        trace = _valid(headers.get(b"traceparent"), TRACEPARENT) or _new_trace()
        clear_contextvars()
        started = perf_counter()
        status = 500

        async def send_with_ids(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id),
                    (b"traceparent", trace),
                ]
            await send(message)

        async def answer(traceparent: str) -> None:
            bind_contextvars(request_id=request_id.decode(), traceparent=traceparent)
            try:
                await self._app(scope, receive, send_with_ids)
            finally:
                count(self._service, method_of(scope), _route_of(scope), status, perf_counter() - started)

        if not TRACING.is_enabled or scope["path"] in UNTRACED:
            await answer(trace.decode())
            return
        with TRACING.span(scope["method"], "SERVER", parent=trace.decode()) as span:
            try:
                await answer(span.traceparent or trace.decode())
            finally:
                describe(span, method_of(scope), _route_of(scope), status)


def count(service: str, method: str, route: str, status: int, seconds: float) -> None:
    """Counts an answer under its route's template."""
    _counter(service, method, route, status).inc()
    _clock(service, method, route).observe(seconds)


def method_of(scope: Any) -> str:
    """The method, or `OTHER`: what a client invents must not make a new time series."""
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


@cache
def _counter(service: str, method: str, route: str, status: int) -> Any:
    return metrics.REQUESTS.labels(service, method, route, status)


@cache
def _clock(service: str, method: str, route: str) -> Any:
    return metrics.DURATION.labels(service, method, route)


def describe(span: Span, method: str, route: str, status: int) -> None:
    """Describes an answered request in its span: the route's template, never the path."""
    span.rename(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.fail(str(status))


def _route_of(scope: Any) -> str:
    return str(getattr(scope.get("route"), "path", "none"))


def _valid(value: bytes | None, pattern: re.Pattern[bytes]) -> bytes | None:
    return value if value and pattern.match(value) else None


def _new_trace() -> bytes:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01".encode()
