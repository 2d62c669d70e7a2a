"""Signing webhooks by Standard Webhooks 1.0. Nothing but the standard library, so it can be copied as it is."""

import base64
import hashlib
import hmac
import time
import uuid


def new_message_id() -> str:
    """An id for one message. Keep it for every repetition of that message: it is how a repetition is known."""
    return f"msg_{uuid.uuid4().hex}"


def sign_webhook(
    secret: str, body: bytes, *, message_id: str | None = None, sent_at: float | None = None
) -> dict[str, str]:
    """The headers for `body` under `whsec_…`; `sent_at` (Unix seconds, now by default) is the time of this attempt."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    identifier = message_id or new_message_id()
    timestamp = str(int(time.time() if sent_at is None else sent_at))
    signed = b".".join((identifier.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
