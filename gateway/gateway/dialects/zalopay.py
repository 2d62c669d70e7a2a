"""ZaloPay callback (docs.zalopay.vn): HMAC with key2 over the `data` string exactly as sent."""

from datetime import datetime
from typing import Any

from gateway.dialects.message import (
    JSON_MEDIA,
    Arrival,
    Outcome,
    Reply,
    Translation,
    amount_at,
    digest_id,
    from_hex,
    is_hmac,
    milliseconds_at,
    settled,
    text_at,
)
from gateway.signatures import SignatureRefused
from gateway.strict_json import BodyRefused, read_object

_AGREEMENT = 2
_REPLIES = {
    Outcome.ACCEPTED: (1, "success"),
    Outcome.DUPLICATE: (2, "duplicate"),
    Outcome.CONFLICT: (2, "duplicate"),
    Outcome.BAD_SIGNATURE: (-1, "mac not equal"),
    Outcome.MALFORMED: (-1, "malformed"),
    Outcome.NOT_ALLOWED: (-1, "not allowed"),
}


class Zalopay:
    """Replies with `return_code`: 1 taken, 2 known already, 0 send again, -1 do not."""

    name = "zalopay"
    method = "POST"
    media_types = JSON_MEDIA

    def read(self, arrival: Arrival, secrets: list[str], now: datetime) -> list[Translation]:
        document = read_object(arrival.body)
        sealed = document.get("data")
        if not isinstance(sealed, str):
            raise BodyRefused("data is not a string")
        if not is_hmac(secrets, sealed.encode(), from_hex(document.get("mac")), "sha256"):
            raise SignatureRefused("mismatch")
        return [_translate(document.get("type"), sealed, now)]

    def reply(self, outcome: Outcome, arrival: Arrival, secrets: list[str]) -> Reply:
        code, message = _REPLIES.get(outcome, (0, "try again"))
        return Reply(200, {"return_code": code, "return_message": message})


def _translate(kind: object, sealed: str, now: datetime) -> Translation:
    order: dict[str, Any] = read_object(sealed.encode())
    if kind == _AGREEMENT:
        return Translation(digest_id(sealed), None, now)
    transaction = text_at(order, "zp_trans_id")
    happened_at = milliseconds_at(order, "server_time")
    amount, reference = amount_at(order, "amount"), text_at(order, "app_trans_id")
    data = settled(transaction, amount, happened_at, reference=reference)
    return Translation(transaction, "qr.payment_settled", happened_at, data)
