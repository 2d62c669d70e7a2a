"""Viettel Money PayGate: base64 HMAC-SHA1 over fields joined without separators, and a signed reply.

The joined text is malleable ("1"+"23" reads as "12"+"3"), so the fields are held to their shapes as well.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime
from urllib.parse import unquote

from gateway.webhooks.providers.message import (
    FORM_MEDIA,
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    amount_at,
    is_hmac,
    read_form,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused, any_fits
from gateway.webhooks.strict_json import BodyRefused

_SIGNED = (
    *("billcode", "cust_msisdn", "error_code", "merchant_code", "order_id"),
    *("payment_status", "trans_amount", "vt_transaction_id"),
)
_SHAPES = {
    "error_code": re.compile(r"[0-9A-Z]{2,3}"),
    "payment_status": re.compile(r"-?[0-9]{1,2}"),
    "trans_amount": re.compile(r"[1-9][0-9]{0,12}"),
    "cust_msisdn": re.compile(r"(?:84|0)?[0-9]{9,10}|"),
}
_PAID = "1"
_ERROR_CODES = {ReplyOutcome.BAD_SIGNATURE: "02"}


class Viettel:
    """The secret is kept as `<accessCode>:<hashKey>`; the access code opens the signed text."""

    name = "viettel"
    method = "POST"
    media_types = FORM_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        form = read_form(request.body)
        given = _read_checksum(form.get("check_sum", ""))

        def fits(secret: str) -> bool:
            access_code, _, hash_key = secret.partition(":")
            return is_hmac([hash_key], signed_text(access_code, form), given, "sha1")

        if not any_fits(secrets, fits):
            raise SignatureRefused("mismatch")
        return [_message_of(form, now)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        code = "00" if outcome.is_durable else _ERROR_CODES.get(outcome, "01")
        try:
            form = read_form(request.body)
        except BodyRefused:
            form = {}
        merchant_code, order_id = form.get("merchant_code", ""), form.get("order_id", "")
        body = {"error_code": code, "merchant_code": merchant_code, "order_id": order_id}
        if secrets:
            access_code, _, hash_key = secrets[0].partition(":")
            text = f"{access_code}{code}{merchant_code}{order_id}".encode()
            digest = hmac.digest(hash_key.encode(), text, hashlib.sha1)
            body["check_sum"] = base64.b64encode(digest).decode()
        return ProviderReply(503 if outcome is ReplyOutcome.BUSY else 200, body)


def signed_text(access_code: str, form: dict[str, str]) -> bytes:
    return (access_code + "".join(form.get(name, "") for name in _SIGNED)).encode()


def _read_checksum(text: str) -> bytes:
    # Some of its systems percent-encode the value once more, and a form turns "+" into a space.
    try:
        return base64.b64decode(unquote(text).replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("malformed-header") from error


def _message_of(form: dict[str, str], now: datetime) -> PartnerMessage:
    for name, shape in _SHAPES.items():
        if not shape.fullmatch(form.get(name, "")):
            raise BodyRefused(f"{name} does not have its shape")
    transaction = text_at(form, "vt_transaction_id")
    message_id = f"{transaction}-{form['payment_status']}-{form['error_code']}"
    if form["error_code"] != "00" or form["payment_status"] != _PAID:
        return PartnerMessage(message_id, None, now)
    data = settled(transaction, amount_at(form, "trans_amount"), now, reference=text_at(form, "order_id"))
    return PartnerMessage(message_id, "qr.payment_settled", now, data)
