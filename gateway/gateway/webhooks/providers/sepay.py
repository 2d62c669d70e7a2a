"""SePay bank-transfer webhooks (developer.sepay.vn): HMAC over timestamp and raw body, or an API key.

The body is JSON or a form, as the account is set up; the fields are the same.
"""

import hmac
import re
from datetime import datetime
from typing import Any

from gateway.webhooks.providers.message import (
    ERROR_STATUS,
    FORM_MEDIA,
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
    read_form,
    settled,
    text_at,
)
from gateway.webhooks.signatures import TOLERANCE_SECONDS, SignatureRefused, any_fits
from gateway.webhooks.strict_json import read_object

_TIMESTAMP = re.compile(rb"[0-9]{10}")


class Sepay:
    """`X-SePay-Signature: sha256=<hex>` with `X-SePay-Timestamp`, or `Authorization: Apikey <key>`."""

    name = "sepay"
    method = "POST"
    media_types = JSON_MEDIA | FORM_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        if any(name == b"x-sepay-signature" for name, _ in request.headers):
            _check_signature(request, secrets, now)
        else:
            _check_api_key(request, secrets)
        is_form = request.media_type in FORM_MEDIA
        return [_message_of(read_form(request.body) if is_form else read_object(request.body))]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return ProviderReply(ERROR_STATUS.get(outcome, 200), {"success": outcome.is_durable})


def _check_signature(request: ProviderRequest, secrets: list[str], now: datetime) -> None:
    timestamp = request.header(b"x-sepay-timestamp")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureRefused("malformed-header")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("timestamp-off")
    given = request.header(b"x-sepay-signature").decode("latin-1")
    if not given.startswith("sha256="):
        raise SignatureRefused("malformed-header")
    if not is_hmac(secrets, timestamp + b"." + request.body, from_hex(given.removeprefix("sha256=")), "sha256"):
        raise SignatureRefused("mismatch")


def _check_api_key(request: ProviderRequest, secrets: list[str]) -> None:
    given = request.header(b"authorization")
    if not any_fits(secrets, lambda secret: hmac.compare_digest(b"Apikey " + secret.encode(), given)):
        raise SignatureRefused("mismatch")


def _message_of(document: dict[str, Any]) -> PartnerMessage:
    transfer_id = text_at(document, "id")
    happened_at = local_time_at(document, "transactionDate")
    if text_at(document, "transferType").lower() != "in":
        return PartnerMessage(transfer_id, None, happened_at)
    data = settled(
        transfer_id,
        amount_at(document, "transferAmount"),
        happened_at,
        reference=optional_text_at(document, "code") or optional_text_at(document, "content"),
        account_no=optional_text_at(document, "subAccount") or optional_text_at(document, "accountNumber"),
    )
    return PartnerMessage(transfer_id, "qr.payment_settled", happened_at, data)
