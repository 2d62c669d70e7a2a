"""VNPAY IPN (sandbox.vnpayment.vn): a GET whose sorted query is signed, amounts times 100, always answered 200."""

from datetime import datetime
from urllib.parse import parse_qsl, quote_plus

from gateway.dialects.message import (
    Arrival,
    Outcome,
    Reply,
    Translation,
    amount_at,
    from_hex,
    is_hmac,
    local_time_at,
    settled,
    text_at,
)
from gateway.signatures import SignatureRefused
from gateway.strict_json import BodyRefused

_UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})
_REPLIES = {
    Outcome.ACCEPTED: ("00", "Confirm Success"),
    Outcome.DUPLICATE: ("02", "Order already confirmed"),
    Outcome.CONFLICT: ("02", "Order already confirmed"),
    Outcome.BAD_SIGNATURE: ("97", "Invalid signature"),
}


class Vnpay:
    """HMAC-SHA512 over the sorted, form-encoded parameters without the hash itself."""

    name = "vnpay"
    method = "GET"
    media_types = frozenset[str]()

    def read(self, arrival: Arrival, secrets: list[str], now: datetime) -> list[Translation]:
        parameters = _read_query(arrival.query)
        given = from_hex(parameters.get("vnp_SecureHash", ""))
        if not is_hmac(secrets, signed_text(parameters), given, "sha512"):
            raise SignatureRefused("mismatch")
        return [_translate(parameters)]

    def reply(self, outcome: Outcome, arrival: Arrival, secrets: list[str]) -> Reply:
        code, message = _REPLIES.get(outcome, ("99", "Unknown error"))
        return Reply(200, {"RspCode": code, "Message": message})


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


def _translate(parameters: dict[str, str]) -> Translation:
    transaction = text_at(parameters, "vnp_TransactionNo")
    happened_at = local_time_at(parameters, "vnp_PayDate", "%Y%m%d%H%M%S")
    status = text_at(parameters, "vnp_TransactionStatus")
    message_id = f"{transaction}-{status}"
    if parameters.get("vnp_ResponseCode") != "00" or status != "00":
        return Translation(message_id, None, happened_at)
    hundredths = amount_at(parameters, "vnp_Amount")
    if hundredths % 100:
        raise BodyRefused("vnp_Amount is not a whole number of VND")
    reference = text_at(parameters, "vnp_TxnRef")
    data = settled(transaction, hundredths // 100, happened_at, reference=reference)
    return Translation(message_id, "qr.payment_settled", happened_at, data)
