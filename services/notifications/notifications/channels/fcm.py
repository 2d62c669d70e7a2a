"""Push to Android and iOS over FCM HTTP v1: a title and an id; the app reads the rest from the feed.

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import jwt

from notifications.channels.messages import Accepted, Message, Refused, SendResult, TryLater
from notifications.channels.partner_http import ChannelHttp

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECONDS_OF_ASSERTION = 3600
SECONDS_BEFORE_END = 300.0
"""A token is renewed so long before it ends."""
UNAUTHORIZED = 401
VOID = ("UNREGISTERED", "SENDER_ID_MISMATCH")
INVALID = "INVALID_ARGUMENT"
APPLE_REFUSES = "THIRD_PARTY_AUTH_ERROR"
"""A 401 that is not about our access token: the key for Apple or for browsers in the Firebase project is wrong."""


@dataclass(frozen=True)
class ServiceAccount:
    """The contents of Google's key file of a service account."""

    project_id: str
    client_email: str
    private_key_id: str
    private_key: str
    token_uri: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a key file; raises KeyError or ValueError where it is none."""
        content = json.loads(path.read_text())
        return cls(**{name: content[name] for name in cls.__dataclass_fields__})

    def assertion(self) -> str:
        """The JWT that is exchanged for an access token (RFC 7523)."""
        issued = int(time.time())
        claims = {
            "iss": self.client_email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": issued,
            "exp": issued + SECONDS_OF_ASSERTION,
        }
        return jwt.encode(claims, self.private_key, "RS256", headers={"kid": self.private_key_id})


class Fcm:
    """The adapter. One access token serves all messages until it is about to end."""

    def __init__(self, account: ServiceAccount, url: str) -> None:
        self._account, self._http = account, ChannelHttp()
        self._url = f"{url}/v1/projects/{account.project_id}/messages:send"
        self._token, self._token_until = "", 0.0

    async def send(self, message: Message) -> SendResult:
        """A token that is void, no token, or another project's, removes the device."""
        refused = await self._renew_token()
        if refused is not None:
            return refused
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = await self._http.post(self._url, headers, json={"message": _content(message)})
        if answer.is_success and isinstance(answer.body, dict):
            return Accepted(answer.body.get("name"))
        code = _error_code(answer.body)
        if code == APPLE_REFUSES:
            return TryLater(_name(code))
        if answer.status == UNAUTHORIZED:
            self._token_until = 0.0
            return TryLater("unauthorized")
        if code in VOID or (code == INVALID and _is_about_the_token(answer.body)):
            return Refused(_name(code), removes_device=True)
        return answer.failure()

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def _renew_token(self) -> TryLater | None:
        if time.monotonic() < self._token_until:
            return None
        form = {"grant_type": GRANT, "assertion": self._account.assertion()}
        answer = await self._http.post(self._account.token_uri, {}, data=form)
        if not answer.is_success or not isinstance(answer.body, dict) or "access_token" not in answer.body:
            return TryLater(answer.error or "no-access-token", answer.retry_after)
        self._token = answer.body["access_token"]
        self._token_until = time.monotonic() + float(answer.body.get("expires_in", 0)) - SECONDS_BEFORE_END
        return None


def _content(message: Message) -> dict[str, Any]:
    return {
        "token": message.to,
        "notification": {"title": message.title},
        "data": {"notification_id": str(message.notification_id)},
        "android": {
            "collapse_key": str(message.notification_id),
            "notification": {"tag": str(message.notification_id)},  # sent again, it takes the place of the first
        },
        "apns": {"headers": {"apns-collapse-id": str(message.notification_id)}},
    }


def _name(code: str) -> str:
    return code.lower().replace("_", "-")


def _error_code(body: Any) -> str | None:
    return next((str(one["errorCode"]) for one in _details(body) if "errorCode" in one), None)


def _is_about_the_token(body: Any) -> bool:
    """A void token has no field, or its own; what is wrong in a message has another."""
    fields = [violation.get("field") for one in _details(body) for violation in one.get("fieldViolations", [])]
    return all(field == "message.token" for field in fields)


def _details(body: Any) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = (body.get("error") or {}).get("details", []) if isinstance(body, dict) else []
    return details
