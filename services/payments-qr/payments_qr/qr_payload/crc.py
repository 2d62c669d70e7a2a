"""The checksum of EMV QR codes: ISO/IEC 13239, polynomial 0x1021, start 0xFFFF (CRC-16/CCITT-FALSE)."""

import binascii

CRC_HEAD = "6304"


def checksum_of(payload_with_head: str) -> str:
    """Four upper-case hexadecimal digits over every byte up to and including `6304`."""
    return f"{binascii.crc_hqx(payload_with_head.encode('utf-8', 'surrogatepass'), 0xFFFF):04X}"


def with_checksum(body: str) -> str:
    """The payload `body` (without tag 63) with its checksum."""
    return body + CRC_HEAD + checksum_of(body + CRC_HEAD)
