"""VNPAY IPN (sandbox.vnpayment.vn): a GET whose sorted query is signed, amounts times 100, always with reply 200."""

from datetime import datetime
from urllib.parse import parse_qsl, quote_plus

from gateway.webhooks.providers.message import (
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    amount_at,
    from_hex,
    is_hmac,
    local_time_at,
    settled,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused
from gateway.webhooks.strict_json import BodyRefused

_UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})
_REPLIES = {
    ReplyOutcome.ACCEPTED: ("00", "Confirm Success"),
    ReplyOutcome.DUPLICATE: ("02", "Order already confirmed"),
    ReplyOutcome.CONFLICT: ("02", "Order already confirmed"),
    ReplyOutcome.BAD_SIGNATURE: ("97", "Invalid signature"),
}


class Vnpay:
    """HMAC-SHA512 over the sorted, form-encoded parameters without the hash itself."""

    name = "vnpay"
    method = "GET"
    media_types = frozenset[str]()

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        parameters = _read_query(request.query)
        given = from_hex(parameters.get("vnp_SecureHash", ""))
        if not is_hmac(secrets, signed_text(parameters), given, "sha512"):
            raise SignatureRefused("mismatch")
        return [_message_of(parameters)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        code, message = _REPLIES.get(outcome, ("99", "Unknown error"))
        return ProviderReply(200, {"RspCode": code, "Message": message})


def signed_text(parameters: dict[str, str]) -> bytes:
    signed = sorted((name, value) for name, value in parameters.items() if name not in _UNSIGNED and value)
    return "&".join(f"{name}={quote_plus(value)}" for name, value in signed).encode()


def _read_query(query: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise BodyRefused("the query is not form-encoded UTF-8") from error
    parameters = {name: value for name, value in pairs if name.startswith("vnp_")}
    if len({name for name, _ in pairs}) != len(pairs):
        raise BodyRefused("a parameter is given twice")
    return parameters


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
