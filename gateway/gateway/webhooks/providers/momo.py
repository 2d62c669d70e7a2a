"""MoMo IPN v2 (developers.momo.vn): HMAC over the access key and twelve named fields, reply 204 without a body."""

from datetime import datetime
from typing import Any

from gateway.webhooks.providers.message import (
    ERROR_STATUS,
    JSON_MEDIA,
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    amount_at,
    from_hex,
    is_hmac,
    milliseconds_at,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused, any_fits
from gateway.webhooks.strict_json import read_object

_SIGNED = (
    *("amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode"),
    *("payType", "requestId", "responseTime", "resultCode", "transId"),
)


class Momo:
    """The secret is kept as `<accessKey>:<secretKey>`; the access key is part of the signed text."""

    name = "momo"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        document = read_object(request.body)
        given = from_hex(document.get("signature"))

        def fits(secret: str) -> bool:
            access_key, _, secret_key = secret.partition(":")
            return is_hmac([secret_key], signed_text(access_key, document), given, "sha256")

        if not any_fits(secrets, fits):
            raise SignatureRefused("mismatch")
        return [_message_of(document)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return ProviderReply(ERROR_STATUS.get(outcome, 204), None)


def signed_text(access_key: str, document: dict[str, Any]) -> bytes:
    fields = {"accessKey": access_key} | {name: document.get(name, "") for name in _SIGNED}
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()


def _message_of(document: dict[str, Any]) -> PartnerMessage:
    transaction = text_at(document, "transId")
    happened_at = milliseconds_at(document, "responseTime")
    result = amount_at(document, "resultCode")
    message_id = f"{transaction}-{result}"
    if result != 0:
        return PartnerMessage(message_id, None, happened_at)
    amount, reference = amount_at(document, "amount"), text_at(document, "orderId")
    data = settled(transaction, amount, happened_at, reference=reference)
    return PartnerMessage(message_id, "qr.payment_settled", happened_at, data)
