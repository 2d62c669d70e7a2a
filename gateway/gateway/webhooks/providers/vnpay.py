"""VNPAY IPN (sandbox.vnpayment.vn): a GET whose sorted query is signed, amounts times 100, always with reply 200.

The hash is over the parameters as they are encoded in the query: another encoding of the same text is another hash.
"""

from datetime import datetime

from gateway.webhooks.providers.message import (
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    amount_at,
    from_hex,
    is_hmac,
    local_time_at,
    read_form,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused
from gateway.webhooks.strict_json import BodyRefused

_UNSIGNED = frozenset({b"vnp_SecureHash", b"vnp_SecureHashType"})
_REPLIES = {
    ReplyOutcome.ACCEPTED: ("00", "Confirm Success"),
    ReplyOutcome.DUPLICATE: ("02", "Order already confirmed"),
    ReplyOutcome.CONFLICT: ("02", "Order already confirmed"),
    ReplyOutcome.UNKNOWN_ORDER: ("01", "Order not found"),
    ReplyOutcome.WRONG_AMOUNT: ("04", "Invalid amount"),
    ReplyOutcome.BAD_SIGNATURE: ("97", "Invalid signature"),
}


class Vnpay:
    """HMAC-SHA512 over the sorted parameters as sent, without the hash itself."""

    name = "vnpay"
    method = "GET"
    media_types = frozenset[str]()
    asks_for_orders = True

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        parameters = _read_query(request.query)
        given = from_hex(parameters.get("vnp_SecureHash", ""))
        if not any(is_hmac(secrets, text, given, "sha512") for text in signed_texts(request.query)):
            raise SignatureRefused("mismatch")
        return [_message_of(parameters)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        code, message = _REPLIES.get(outcome, ("99", "Unknown error"))
        return ProviderReply(200, {"RspCode": code, "Message": message})


def signed_texts(query: bytes) -> list[bytes]:
    """What may be signed: the `vnp_` parameters sorted by name, and the same without empty ones (its samples differ)."""
    pairs = sorted(pair for pair in query.split(b"&") if pair.startswith(b"vnp_"))
    signed = [pair for pair in pairs if pair.partition(b"=")[0] not in _UNSIGNED]
    return [b"&".join(signed), b"&".join(pair for pair in signed if pair.partition(b"=")[2])]


def _read_query(query: bytes) -> dict[str, str]:
    return {name: value for name, value in read_form(query).items() if name.startswith("vnp_")}


def _message_of(parameters: dict[str, str]) -> PartnerMessage:
    transaction = text_at(parameters, "vnp_TransactionNo")
    happened_at = local_time_at(parameters, "vnp_PayDate", "%Y%m%d%H%M%S")
    status = text_at(parameters, "vnp_TransactionStatus")
    message_id = f"{transaction}-{status}"
    if parameters.get("vnp_ResponseCode") != "00" or status != "00":
        return PartnerMessage(message_id, None, happened_at)
    hundredths = amount_at(parameters, "vnp_Amount")
    if hundredths % 100:
        raise BodyRefused("vnp_Amount is not a whole number of VND")
    reference = text_at(parameters, "vnp_TxnRef")
    data = settled(transaction, hundredths // 100, happened_at, reference=reference)
    return PartnerMessage(message_id, "qr.payment_settled", happened_at, data)
