"""Standard Webhooks 1.0: the headers of a message, signed with every secret that counts."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds between the clock of a sender and ours."""
LONGEST_TIMESTAMP = 12


def key_of(secret: str) -> bytes:
    """The key of a secret `whsec_<base64>`."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def headers_of(message_id: str, moment: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature` (`v1`, one for each key, separated by spaces)."""
    timestamp = str(int(moment.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def is_signed(headers: Mapping[str, str], body: bytes, key: bytes, moment: datetime) -> bool:
    """Whether a message that came in is signed with this key, within five minutes of `moment`."""
    timestamp, message_id = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    if not message_id or not timestamp.isdecimal() or len(timestamp) > LONGEST_TIMESTAMP:
        return False
    if abs(moment.timestamp() - int(timestamp)) > TOLERANCE:
        return False
    expected = headers_of(message_id, datetime.fromtimestamp(int(timestamp), UTC), body, [key])["webhook-signature"]
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)
