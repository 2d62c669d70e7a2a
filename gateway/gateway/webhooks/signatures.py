"""Standard Webhooks 1.0 signatures: reading secrets, verifying a message on its raw bytes, signing one.

Written for this platform because the reference library raises foreign errors on malformed input and accepts
malleable timestamps and base64; it serves as the oracle in the tests.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TOLERANCE_SECONDS = 300
MAXIMUM_ASYMMETRIC_PARTS = 8
_MESSAGE_ID = re.compile(rb"[\x21-\x2d\x2f-\x7e]{1,256}")  # printable, without the dot that separates the parts
_TIMESTAMP = re.compile(rb"[0-9]{10}")
_HEADERS = (b"webhook-id", b"webhook-timestamp", b"webhook-signature")

Reason = Literal["missing-header", "repeated-header", "malformed-header", "timestamp-off", "no-key", "mismatch"]
RawHeaders = Iterable[tuple[bytes, bytes]]
Candidate = TypeVar("Candidate")


def any_fits(candidates: Iterable[Candidate], fits: Callable[[Candidate], bool]) -> bool:
    """Whether `fits` holds for any. It asks for all of them, so that the time does not tell which one it was."""
    return sum([fits(each) for each in candidates]) > 0


class SignatureRefused(Exception):
    """The only error verification raises; `reason` is for the delivery log, never for the caller."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class SecretRefused(ValueError):
    """A text that is not a Standard Webhooks secret."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One secret (`v1`: HMAC-SHA256) or public key (`v1a`: ed25519) with the time it counts."""

    version: Literal["v1", "v1a"]
    material: bytes
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def is_valid_at(self, moment: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= moment) and (
            self.valid_until is None or moment < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """The verified headers: the sender's id and the time of the attempt."""

    id: str
    sent_at: datetime


def parse_secret(
    text: str, *, valid_from: datetime | None = None, valid_until: datetime | None = None
) -> VerificationKey:
    """`whsec_…` (16 to 128 bytes) or `whpk_…` (32 bytes) as a key; raises SecretRefused.

    The standard requires 24 to 64 bytes; partners' systems issue 23 and 25, and fewer than 16 can be guessed.
    """
    if text.startswith("whpk_"):
        material = _decode(text.removeprefix("whpk_"))
        if len(material) != 32:
            raise SecretRefused("an ed25519 public key has 32 bytes")
        return VerificationKey("v1a", material, valid_from, valid_until)
    material = _decode(text.removeprefix("whsec_"))
    if not 16 <= len(material) <= 128:
        raise SecretRefused("a secret has 16 to 128 bytes")
    return VerificationKey("v1", material, valid_from, valid_until)


def verify(headers: RawHeaders, body: bytes, keys: Sequence[VerificationKey], *, now: datetime) -> SignedMessage:
    """The message's id and time when any signature fits any key that counts now; else SignatureRefused."""
    message_id, timestamp, signatures = _read_headers(headers)
    sent_at = _parse_timestamp(timestamp, now)
    counting = [key for key in keys if key.is_valid_at(now)]
    if not counting:
        raise SignatureRefused("no-key")
    signed = b".".join((message_id, timestamp, body))
    if not (_fits_shared_secret(signatures, counting, signed) or _fits_public_key(signatures, counting, signed)):
        raise SignatureRefused("mismatch")
    return SignedMessage(message_id.decode("ascii"), sent_at)


def sign(secret: str, *, message_id: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one delivery; `whsec_…` signs `v1`, `whsk_…` (32 or 64 bytes) signs `v1a`."""
    timestamp = str(int(sent_at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": _sign_with(secret, signed),
    }


def _read_headers(headers: RawHeaders) -> tuple[bytes, bytes, list[bytes]]:
    """Id, time and signatures: `webhook-*`, or `svix-*` where the sender's library uses only these older names."""
    lowered = [(name.lower(), value) for name, value in headers]
    prefix = b"webhook-" if any(name in _HEADERS for name, _ in lowered) else b"svix-"
    found: dict[bytes, list[bytes]] = {name: [] for name in _HEADERS}
    for name, value in lowered:
        own_name = b"webhook-" + name.removeprefix(prefix)
        if name.startswith(prefix) and own_name in found:
            found[own_name].append(value)
    if not all(found.values()):
        raise SignatureRefused("missing-header")
    # Two ids or two times leave it open which one was signed; several signature lines are one longer list.
    if len(found[b"webhook-id"]) > 1 or len(found[b"webhook-timestamp"]) > 1:
        raise SignatureRefused("repeated-header")
    message_id = found[b"webhook-id"][0]
    if not _MESSAGE_ID.fullmatch(message_id):
        raise SignatureRefused("malformed-header")
    return message_id, found[b"webhook-timestamp"][0], b" ".join(found[b"webhook-signature"]).split()


def _parse_timestamp(timestamp: bytes, now: datetime) -> datetime:
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureRefused("malformed-header")
    seconds = int(timestamp)
    if abs(now.timestamp() - seconds) > TOLERANCE_SECONDS:
        raise SignatureRefused("timestamp-off")
    return datetime.fromtimestamp(seconds, UTC)


def _fits_shared_secret(signatures: list[bytes], keys: list[VerificationKey], signed: bytes) -> bool:
    # The encoded text is compared, so a signature has one spelling.
    given = [part.removeprefix(b"v1,") for part in signatures if part.startswith(b"v1,")]

    def fits(key: VerificationKey) -> bool:
        expected = base64.b64encode(hmac.digest(key.material, signed, hashlib.sha256))
        return any_fits(given, lambda candidate: hmac.compare_digest(expected, candidate))

    return any_fits([key for key in keys if key.version == "v1"], fits)


def _fits_public_key(signatures: list[bytes], keys: list[VerificationKey], signed: bytes) -> bool:
    given = [part.removeprefix(b"v1a,") for part in signatures if part.startswith(b"v1a,")]
    for key in keys:
        if key.version == "v1a":
            public = Ed25519PublicKey.from_public_bytes(key.material)
            if any(_is_ed25519_signature(public, part, signed) for part in given[:MAXIMUM_ASYMMETRIC_PARTS]):
                return True
    return False


def _is_ed25519_signature(public: Ed25519PublicKey, part: bytes, signed: bytes) -> bool:
    try:
        raw = base64.b64decode(part, validate=True)
        if base64.b64encode(raw) != part:
            return False
        public.verify(raw, signed)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def _sign_with(secret: str, signed: bytes) -> str:
    if secret.startswith("whsk_"):
        # Libraries based on NaCl write seed and public key together; the seed is the first half.
        private = Ed25519PrivateKey.from_private_bytes(_decode(secret.removeprefix("whsk_"))[:32])
        return "v1a," + base64.b64encode(private.sign(signed)).decode()
    key = parse_secret(secret)
    return "v1," + base64.b64encode(hmac.digest(key.material, signed, hashlib.sha256)).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretRefused("not base64") from error
