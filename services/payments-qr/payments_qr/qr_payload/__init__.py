"""VietQR payloads (NAPAS QR Switching part IV on EMV merchant-presented mode): text in, meaning out, and back.

A pure room: no database, no web, no clock. Images are drawn elsewhere.
"""

from payments_qr.qr_payload.content import DecodedQr, Initiation, QrContent, Scheme, ServiceCode
from payments_qr.qr_payload.crc import checksum_of, sealed
from payments_qr.qr_payload.decoding import decode
from payments_qr.qr_payload.encoding import LARGEST_AMOUNT, encode
from payments_qr.qr_payload.faults import (
    Fault,
    Language,
    QrPayloadError,
    UnreadablePayload,
    UnwritableContent,
)
from payments_qr.qr_payload.folding import folded, shortened

__all__ = [
    "LARGEST_AMOUNT",
    "DecodedQr",
    "Fault",
    "Initiation",
    "Language",
    "QrContent",
    "QrPayloadError",
    "Scheme",
    "ServiceCode",
    "UnreadablePayload",
    "UnwritableContent",
    "checksum_of",
    "decode",
    "encode",
    "folded",
    "sealed",
    "shortened",
]
