"""Push to browsers: encrypted for the browser (RFC 8291), identified by VAPID (RFC 8292), over RFC 8030.

The address comes from the browser, which is a stranger: it is checked as that of a webhook, before and after resolving.
"""

import base64
import json
import os
import time
from dataclasses import dataclass
from typing import Self

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from notifications.channels.messages import Accepted, Message, Refused, SendResult, TryLater
from notifications.sender.client import EndpointClient

SECONDS = 15.0
TTL = 24 * 3600
"""Seconds that a push service keeps a message for a browser that is off."""
SECONDS_OF_TOKEN = 12 * 3600
"""RFC 8292 allows a day at most."""
GONE = (404, 410)
REFUSED = (400, 401, 403, 413)


@dataclass(frozen=True)
class PushSubscription:
    """The members of `PushSubscription.toJSON()` of a browser."""

    endpoint: str
    p256dh: bytes
    auth: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads the JSON; raises ValueError where it is no push subscription."""
        try:
            content = json.loads(text)
            keys = content["keys"]
            return cls(str(content["endpoint"]), _decoded(keys["p256dh"]), _decoded(keys["auth"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a push subscription") from error


class WebPush:
    """The adapter, with the application server's key and whom push services may write to (`mailto:` or `https:`)."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str, *, allows_loopback: bool) -> None:
        self._key, self._contact = key, contact
        self._public = _encoded(_point(key.public_key()))
        self._allows_loopback = allows_loopback
        self._client: EndpointClient | None = None

    async def send(self, message: Message) -> SendResult:
        """A subscription that has ended, or that is none, removes the device."""
        try:
            subscription = PushSubscription.read(message.to)
            body = encrypted(subscription, _content(message))
        except Exception:  # keys that a stranger made up
            return Refused("invalid-subscription", removes_device=True)
        client = await self._opened()
        result = await client.post(subscription.endpoint, self._headers(subscription.endpoint, message), body)
        if result.is_success:
            return Accepted(str(message.send_id))
        if result.status_code in GONE:
            return Refused("unsubscribed", removes_device=True)
        if result.error == "address-not-allowed":
            return Refused(result.error, removes_device=True)
        if result.status_code in REFUSED:
            return Refused(f"http-{result.status_code}")
        return TryLater(result.error or f"http-{result.status_code}", result.retry_after)

    async def close(self) -> None:
        """Closes connections."""
        if self._client is not None:
            await self._client.__aexit__()

    async def _opened(self) -> EndpointClient:
        if self._client is None:
            self._client = await EndpointClient(seconds=SECONDS, allows_loopback=self._allows_loopback).__aenter__()
        return self._client

    def _headers(self, endpoint: str, message: Message) -> dict[str, str]:
        claims = {
            "aud": str(URL(endpoint).origin()),
            "exp": int(time.time()) + SECONDS_OF_TOKEN,
            "sub": self._contact,
        }
        token = jwt.encode(claims, self._key, "ES256")
        return {
            "Authorization": f"vapid t={token}, k={self._public}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL),
            "Topic": _encoded(message.notification_id.bytes),
        }


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """The application server's private key (P-256, PEM); raises ValueError where it is another."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the VAPID key must be a P-256 key")
    return key


def encrypted(subscription: PushSubscription, content: bytes) -> bytes:
    """The body of a push: `content`, that only the browser of the subscription reads."""
    body: bytes = http_ece.encrypt(
        content,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=subscription.p256dh,
        auth_secret=subscription.auth,
        version="aes128gcm",
    )
    return body


def _content(message: Message) -> bytes:
    content = {"title": message.title, "notification_id": str(message.notification_id)}
    return json.dumps(content, ensure_ascii=False).encode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
