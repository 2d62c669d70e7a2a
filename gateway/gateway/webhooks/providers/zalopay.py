"""ZaloPay callback (docs.zalopay.vn): HMAC with key2 over the `data` string exactly as sent."""

from datetime import datetime
from typing import Any

from gateway.webhooks.providers.message import (
    JSON_MEDIA,
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    amount_at,
    digest_id,
    from_hex,
    is_hmac,
    milliseconds_at,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused
from gateway.webhooks.strict_json import BodyRefused, read_object

_AGREEMENT = 2
_REPLIES = {
    ReplyOutcome.ACCEPTED: (1, "success"),
    ReplyOutcome.DUPLICATE: (2, "duplicate"),
    ReplyOutcome.CONFLICT: (2, "duplicate"),
    ReplyOutcome.BAD_SIGNATURE: (-1, "mac not equal"),
    ReplyOutcome.MALFORMED: (-1, "malformed"),
    ReplyOutcome.NOT_ALLOWED: (-1, "not allowed"),
}


class Zalopay:
    """Replies with `return_code`: 1 accepted, 2 duplicate, 0 send again, -1 do not."""

    name = "zalopay"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        document = read_object(request.body)
        signed_data = document.get("data")
        if not isinstance(signed_data, str):
            raise BodyRefused("data is not a string")
        if not is_hmac(secrets, signed_data.encode(), from_hex(document.get("mac")), "sha256"):
            raise SignatureRefused("mismatch")
        return [_message_of(document.get("type"), signed_data, now)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        code, message = _REPLIES.get(outcome, (0, "try again"))
        return ProviderReply(200, {"return_code": code, "return_message": message})


def _message_of(kind: object, signed_data: str, now: datetime) -> PartnerMessage:
    order: dict[str, Any] = read_object(signed_data.encode())
    if kind == _AGREEMENT:
        return PartnerMessage(digest_id(signed_data), None, now)
    transaction = text_at(order, "zp_trans_id")
    happened_at = milliseconds_at(order, "server_time")
    amount, reference = amount_at(order, "amount"), text_at(order, "app_trans_id")
    data = settled(transaction, amount, happened_at, reference=reference)
    return PartnerMessage(transaction, "qr.payment_settled", happened_at, data)
