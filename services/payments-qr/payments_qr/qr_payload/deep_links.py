"""A payload that arrives inside a bank's deep link, percent-encoded once."""

import re
from urllib.parse import unquote

from payments_qr.qr_payload.crc import checksum_of
from payments_qr.qr_payload.faults import PayloadFault, UnreadablePayload

_PARAMETER = re.compile(r"[?&#;](?:data|qr|qrdata|qr_data|qrcode|payload|content)=([^&#]*)", re.IGNORECASE)
_ANY_PARAMETER = re.compile(r"[?&#;][^=&#]+=(0002(?:01|%30%31)[^&#]*)")


def is_link(text: str) -> bool:
    """A payload always begins with digits; a link has a scheme or at least a query."""
    return "://" in text[:40] or bool(re.match(r"[A-Za-z?][^=]{0,200}=", text))


def payload_in(link: str) -> str:
    """The QR payload that `link` carries, percent-decoded exactly once; raises UnreadablePayload without one.

    Some applications write a space as `+`, others mean a plus: the reading whose checksum is right wins.
    """
    found = _ANY_PARAMETER.search(link) or _PARAMETER.search(link)
    if found is None or not found.group(1):
        raise UnreadablePayload([PayloadFault("/", "no-payload-in-link", 0)])
    value = found.group(1)
    as_spaces, as_pluses = unquote(value.replace("+", " ")), unquote(value)
    return as_pluses if _closes(as_pluses) and not _closes(as_spaces) else as_spaces


def _closes(payload: str) -> bool:
    return payload[-4:].upper() == checksum_of(payload[:-4])
