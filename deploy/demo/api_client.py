"""A client of the public API: REST with a development token, and signed webhooks of partners."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

WORTH_WAITING_FOR = (429, 503)
LONGEST_WAIT = 60.0


class RequestRefused(RuntimeError):
    """A request without success; the message contains the problem of the response."""

    def __init__(self, response: httpx.Response) -> None:
        request = response.request
        super().__init__(f"{request.method} {request.url.path}: {response.status_code} {response.text[:500]}")
        self.response = response


class ApiClient:
    """A client of the platform at `url`. Safe to use from several threads."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: how the platform is reached, where it is not simply at `url`."""
        self.url = url.rstrip("/")
        self._client = httpx.Client(base_url=self.url, timeout=30, transport=transport)
        self._tokens: dict[str, str] = {}
        self._who: dict[str, str] = {}

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def officer(self, unit_code: str, body: str | None = None) -> dict[str, str]:
        """The authorization header of an officer of this unit."""
        return self.sign_in(role="officer", unit_code=unit_code, **({"body": body} if body else {}))

    def operator(self) -> dict[str, str]:
        """The authorization header of an operator."""
        return self.sign_in(role="operator")

    def resident(self, resident_id: str) -> dict[str, str]:
        """The authorization header of a resident."""
        return self.sign_in(role="resident", resident_id=resident_id)

    def sign_in(self, **who: str) -> dict[str, str]:
        """The authorization header of any caller (development only); the token is kept."""
        key = json.dumps(who, sort_keys=True)
        if key not in self._tokens:
            self._tokens[key] = success(self.request("POST", "/dev/token", json=who)).json()["access_token"]
        header = f"Bearer {self._tokens[key]}"
        self._who[header] = key
        return {"Authorization": header}

    def request(
        self, method: str, path: str, *, who: dict[str, str] | None = None, purpose: str | None = None, **more: Any
    ) -> httpx.Response:
        """One request; waits and repeats it where the response asks for it (429, 503, an id that is not known yet)."""
        headers = {**(who or {}), **({"X-Purpose": purpose} if purpose else {}), **more.pop("headers", {})}
        deadline = time.monotonic() + LONGEST_WAIT
        while True:
            response = self._client.request(method, path, headers=headers, **more)
            if response.status_code == 401 and who and (renewed := self._sign_in_again(who)):
                headers |= renewed
                response = self._client.request(method, path, headers=headers, **more)
            asked_to_wait = response.headers.get("retry-after")
            worth = response.status_code in WORTH_WAITING_FOR or (response.status_code == 404 and asked_to_wait)
            if not worth or time.monotonic() > deadline:
                return response
            time.sleep(min(float(asked_to_wait or 1), 5.0))

    def _sign_in_again(self, who: dict[str, str]) -> dict[str, str] | None:
        """A new token for a caller whom this object signed in: development tokens end with a restart."""
        old = who.get("Authorization", "")
        key = self._who.get(old)
        if key is None:
            return None
        if f"Bearer {self._tokens.get(key)}" == old:
            self._tokens.pop(key, None)
        return self.sign_in(**json.loads(key))

    def readiness(self) -> dict[str, Any]:
        """What `/readyz` says at this moment, ready or not; empty where there is no answer."""
        try:
            found = self._client.get("/readyz").json()
        except (httpx.HTTPError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a successful GET."""
        return success(self.request("GET", path, **more)).json()

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of a successful POST."""
        return success(self.request("POST", path, json=body, **more)).json()

    def list_all(self, path: str, *, params: dict[str, Any] | None = None, **more: Any) -> list[Any]:
        """Every item of a list, page by page."""
        found: list[Any] = []
        cursor = None
        while True:
            page = self.get(
                path, params={**(params or {}), "limit": 200, **({"cursor": cursor} if cursor else {})}, **more
            )
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def webhook(
        self,
        partner: str,
        kind: str,
        data: dict[str, Any],
        *,
        webhook_id: str | None = None,
        at: datetime | None = None,
        sent_at: float | None = None,
        secret: bytes | None = None,
    ) -> httpx.Response:
        """A partner's signed webhook; `at` is when it happened, `sent_at` (Unix seconds) when it is sent."""
        body = json.dumps({"type": kind, "timestamp": (at or datetime.now(UTC)).isoformat(), "data": data}).encode()
        headers = signed_headers(secret or partner_key(partner), webhook_id or f"msg_{uuid.uuid4().hex}", body, sent_at)
        return self.request("POST", f"/webhooks/{partner}", content=body, headers=headers)


def partner_key(partner: str) -> bytes:
    """The published webhook key of a development partner."""
    return partner.encode().ljust(32, b".")


def signed_headers(key: bytes, webhook_id: str, body: bytes, sent_at: float | None = None) -> dict[str, str]:
    """Headers by Standard Webhooks 1.0, symmetric scheme `v1`."""
    moment = str(int(time.time() if sent_at is None else sent_at))
    signed = b".".join((webhook_id.encode(), moment.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
        "Content-Type": "application/json",
    }


def success(response: httpx.Response) -> httpx.Response:
    """The response, or RequestRefused."""
    if not response.is_success:
        raise RequestRefused(response)
    return response


def eventually(condition: Callable[[], T], seconds: float = 10.0) -> T:
    """The first truthy response; the last one when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        response = condition()
        if response or time.monotonic() > deadline:
            return response
        time.sleep(0.05)
