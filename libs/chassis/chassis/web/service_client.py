"""Calls to another service over HTTP, on behalf of the caller or of this service itself."""

from typing import Any

import httpx

from chassis.observability.log import current_request_id, current_traceparent
from chassis.observability.tracing import TRACING
from chassis.security.identity import Caller, TokenSigner
from chassis.settings import Settings


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
        self._urls = settings.service_urls()
        self._signer = signer
        self._service = service
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(5.0, connect=1.0), limits=httpx.Limits(max_connections=50), trust_env=False
        )

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
            try:
                response = await self._client.request(
                    method, self._urls[service] + path, json=json, params=params, timeout=seconds, headers=headers
                )
            except httpx.HTTPError as error:
                raise ServiceCallFailed(service) from error
            span.set_attributes({"http.request.method": method, "http.response.status_code": response.status_code})
            if not response.is_success:
                raise ServiceCallFailed(service, response.status_code, _json_or_none(response))
            return _json_or_none(response)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

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


def _json_or_none(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
