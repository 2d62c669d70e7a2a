"""payOS payment webhooks (payos.vn/docs): the signature is inside the body, over its sorted fields."""

import json
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
    local_time_at,
    optional_text_at,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused
from gateway.webhooks.strict_json import BodyRefused, read_object

SAMPLE_LINK, SAMPLE_REFERENCE = "124c33293c43417ab7879e14c8d9eb18", "TF230204212323"
"""The payment of the documentation. payOS sends it, signed with the merchant's key, when the address is saved."""


class Payos:
    """HMAC-SHA256 over `key=value&…` of `data` sorted by key; null counts as empty."""

    name = "payos"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        document = read_object(request.body)
        data = document.get("data")
        if not isinstance(data, dict):
            raise BodyRefused("data is missing")
        if not is_hmac(secrets, signed_text(data), from_hex(document.get("signature")), "sha256"):
            raise SignatureRefused("mismatch")
        return [_message_of(document, data)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return ProviderReply(ERROR_STATUS.get(outcome, 200), {"success": outcome.is_durable})


def signed_text(data: dict[str, Any]) -> bytes:
    return "&".join(f"{name}={_written(data[name])}" for name in sorted(data)).encode()


def _written(value: object) -> str:
    if value is None or value in ("null", "undefined"):
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _message_of(document: dict[str, Any], data: dict[str, Any]) -> PartnerMessage:
    link_id, bank_reference = text_at(data, "paymentLinkId"), text_at(data, "reference")
    message_id = f"{link_id}-{bank_reference}"
    happened_at = local_time_at(data, "transactionDateTime")
    is_sample = link_id == SAMPLE_LINK or bank_reference == SAMPLE_REFERENCE
    if is_sample or document.get("code") != "00" or data.get("code") != "00":
        return PartnerMessage(message_id, None, happened_at)
    if data.get("currency", "VND") != "VND":
        raise BodyRefused("currency is not VND")
    account_no = optional_text_at(data, "virtualAccountNumber") or optional_text_at(data, "accountNumber")
    reference = optional_text_at(data, "description")
    settlement = settled(message_id, amount_at(data, "amount"), happened_at, reference=reference, account_no=account_no)
    return PartnerMessage(message_id, "qr.payment_settled", happened_at, settlement)
