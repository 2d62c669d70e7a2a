"""Casso bank feeds: v1 with a fixed token and a list of transfers, v2 with a signature and one transfer."""

import hmac
import json
import re
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
    digest_id,
    from_hex,
    is_hmac,
    local_time_at,
    messages_of,
    optional_text_at,
    settled,
    text_at,
)
from gateway.webhooks.signatures import TOLERANCE_SECONDS, SignatureRefused, any_fits
from gateway.webhooks.strict_json import BodyRefused, read_object

_SIGNATURE = re.compile(r"t=([0-9]{13}),v1=([0-9a-f]{128})")


class CassoV1:
    """`Secure-Token` equals the agreed text; `data` is a list."""

    name = "casso-v1"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        given = request.header(b"secure-token")
        if not any_fits(secrets, lambda secret: hmac.compare_digest(secret.encode(), given)):
            raise SignatureRefused("mismatch")
        return messages_of(_transfers(request.body), lambda transfer: _message_of(transfer, "tid", "when"), now)

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return _reply(outcome)


class CassoV2:
    """`X-Casso-Signature: t=<ms>,v1=<hex>`: HMAC-SHA512 over `t.` and the body with sorted keys, compact."""

    name = "casso-v2"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        header = request.header(b"x-casso-signature").decode("latin-1")
        match = _SIGNATURE.fullmatch(header)
        if match is None:
            raise SignatureRefused("malformed-header")
        if abs(now.timestamp() - int(match[1]) / 1000) > TOLERANCE_SECONDS:
            raise SignatureRefused("timestamp-off")
        document = read_object(request.body)
        if not is_hmac(secrets, signed_text(match[1], document), from_hex(match[2]), "sha512"):
            raise SignatureRefused("mismatch")
        transfer = document.get("data")
        if not isinstance(transfer, dict):
            raise BodyRefused("data is not one transfer")
        return [_message_of(transfer, "reference", "transactionDateTime")]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return _reply(outcome)


def signed_text(timestamp: str, document: dict[str, Any]) -> bytes:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{timestamp}.{canonical}".encode()


def _transfers(body: bytes) -> list[Any]:
    transfers = read_object(body).get("data")
    if not isinstance(transfers, list):
        raise BodyRefused("data is not a list of transfers")
    if len(transfers) > 100:
        raise BodyRefused("more than 100 transfers in one message")
    return transfers


def _message_of(transfer: dict[str, Any], reference_field: str, time_field: str) -> PartnerMessage:
    happened_at = local_time_at(transfer, time_field)
    casso_id = text_at(transfer, "id")
    # A bank gives a transfer no reference now and then; the id of Casso is unique too.
    bank_reference = optional_text_at(transfer, reference_field) or f"casso-{casso_id}"
    amount = amount_at(transfer, "amount")
    account_no = _account_of(transfer)
    message_id = digest_id(account_no or "", bank_reference, str(amount))
    # Id 0 is the test that Casso sends when the address is saved; negative amounts left the account.
    if casso_id == "0" or amount <= 0:
        return PartnerMessage(message_id, None, happened_at)
    reference = optional_text_at(transfer, "description")
    data = settled(bank_reference, amount, happened_at, reference=reference, account_no=account_no)
    return PartnerMessage(message_id, "qr.payment_settled", happened_at, data)


def _account_of(transfer: dict[str, Any]) -> str | None:
    for name in ("virtualAccountNumber", "accountNumber", "bank_sub_acc_id", "subAccId"):
        if found := optional_text_at(transfer, name):
            return found
    return None


def _reply(outcome: ReplyOutcome) -> ProviderReply:
    return ProviderReply(ERROR_STATUS.get(outcome, 200), {"success": outcome.is_durable})
