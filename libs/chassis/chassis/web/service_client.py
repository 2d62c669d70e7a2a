"""Calls to another service over HTTP, on behalf of the caller or of this service itself."""

from json import loads
from typing import Any

import aiohttp

from chassis.observability.log import current_request_id, current_traceparent
from chassis.observability.tracing import TRACING
from chassis.security.identity import Caller, TokenSigner
from chassis.settings import Settings

KEEPALIVE_SECONDS = 3.0
"""Shorter than the five seconds after which the services' server closes an idle connection."""
CONNECT_SECONDS = 1.0
MOST_CONNECTIONS = 50
"""To each service; further calls wait for a place, within their time."""


class ServiceCallFailed(Exception):
    """The other service did not answer in time, or with an error; `status` is None without an answer."""

    def __init__(self, service: str, status: int | None = None, body: Any = None) -> None:
        super().__init__(f"{service} answered {status}" if status else f"{service} did not answer")
        self.service = service
        self.status = status
        self.body = body


class ServiceClient:
    """The HTTP client of a process. Call before the session's first statement: a database connection never waits for HTTP."""

    def __init__(self, settings: Settings, signer: TokenSigner | None, service: str) -> None:
        self.urls = settings.service_urls()
        """The address of each service, by name."""
        self._signer = signer
        self._service = service
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        caller: Caller | None,
        purpose: str | None = None,
        json: Any = None,
        params: dict[str, str] | None = None,
        seconds: float = 2.0,
    ) -> Any:
        """The JSON of a 2xx answer; raises ServiceCallFailed for anything else. Without a caller the service calls as itself."""
        with TRACING.span(f"call {service}", "CLIENT", parent=current_traceparent()) as span:
            headers = self._headers(caller, purpose, span.traceparent)
            timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
            url = self.urls[service] + path
            try:
                async with self._opened().request(
                    method, url, json=json, params=params, headers=headers, timeout=timeout, allow_redirects=False
                ) as response:
                    status, body = response.status, _json_or_none(await response.read())
            except (aiohttp.ClientError, OSError) as error:
                raise ServiceCallFailed(service) from error
            span.set_attributes({"http.request.method": method, "http.response.status_code": status})
            if not 200 <= status < 300:
                raise ServiceCallFailed(service, status, body)
            return body

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Made at the first call, because it belongs to the running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0, limit_per_host=MOST_CONNECTIONS, keepalive_timeout=KEEPALIVE_SECONDS
            )
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _headers(self, caller: Caller | None, purpose: str | None, trace: str | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token(caller)}"}
        if purpose:
            headers["X-Purpose"] = purpose
        if request_id := current_request_id():
            headers["X-Request-Id"] = request_id
        if trace:
            headers["traceparent"] = trace
        return headers

    def _token(self, caller: Caller | None) -> str:
        if caller and caller.token:
            return caller.token
        if self._signer is None:
            raise ServiceCallFailed("a process without a signing key")
        return self._signer.token(Caller(role="service", subject=self._service))


def _json_or_none(body: bytes) -> Any:
    try:
        return loads(body)
    except ValueError:
        return None
