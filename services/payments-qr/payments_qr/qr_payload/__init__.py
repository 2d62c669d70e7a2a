"""VietQR payloads (NAPAS QR Switching part IV on EMV merchant-presented mode): decoding and encoding.

Pure functions without database, web or time; images are drawn in `printing`.
"""

from payments_qr.qr_payload.content import DecodedQr, Initiation, QrContent, Scheme, ServiceCode
from payments_qr.qr_payload.crc import checksum_of, with_checksum
from payments_qr.qr_payload.decoding import decode
from payments_qr.qr_payload.encoding import LARGEST_AMOUNT, encode
from payments_qr.qr_payload.faults import (
    Language,
    PayloadFault,
    QrPayloadError,
    UnreadablePayload,
    UnwritableContent,
)
from payments_qr.qr_payload.folding import folded, shortened

__all__ = [
    "LARGEST_AMOUNT",
    "DecodedQr",
    "Initiation",
    "Language",
    "PayloadFault",
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
    "shortened",
    "with_checksum",
]
