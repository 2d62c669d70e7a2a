"""What all provider adapters share: the request, the message, the outcome and the reply."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Protocol
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from chassis.observability.log import logger
from chassis.web.bodies import Instant
from gateway.webhooks.signatures import SignatureRefused, any_fits
from gateway.webhooks.strict_json import BodyRefused

VIETNAM = timezone(timedelta(hours=7))
JSON_MEDIA = frozenset({"application/json"})
FORM_MEDIA = frozenset({"application/x-www-form-urlencoded"})


class ReplyOutcome(Enum):
    """The result of a provider's request; durable ones come first.

    `UNKNOWN_ORDER` and `WRONG_AMOUNT`: the message is durable, its order is not ours or has another amount. Only for
    providers whose documentation asks for this answer.
    """

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    BAD_SIGNATURE = "bad-signature"
    MALFORMED = "malformed"
    NOT_ALLOWED = "not-allowed"
    TOO_MANY = "too-many"
    BUSY = "busy"
    UNKNOWN_ORDER = "unknown-order"
    WRONG_AMOUNT = "wrong-amount"

    @property
    def is_durable(self) -> bool:
        return self in (
            *(ReplyOutcome.ACCEPTED, ReplyOutcome.DUPLICATE, ReplyOutcome.CONFLICT),
            *(ReplyOutcome.UNKNOWN_ORDER, ReplyOutcome.WRONG_AMOUNT),
        )


ERROR_STATUS = {
    ReplyOutcome.BAD_SIGNATURE: 401,
    ReplyOutcome.MALFORMED: 400,
    ReplyOutcome.NOT_ALLOWED: 422,
    ReplyOutcome.TOO_MANY: 429,
    ReplyOutcome.BUSY: 503,
}


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One request of a partner, its bytes untouched. Header names are lower case."""

    method: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters; empty where none is given."""
        values = [value for key, value in self.headers if key == b"content-type"]
        return values[0].decode("latin-1").partition(";")[0].strip().lower() if values else ""

    def header(self, name: bytes) -> bytes:
        """The only value of a header; SignatureRefused when it is missing or given twice."""
        values = [value for key, value in self.headers if key == name]
        if len(values) != 1:
            raise SignatureRefused("missing-header" if not values else "repeated-header")
        return values[0]


@dataclass(frozen=True, slots=True)
class PartnerMessage:
    """One message of ours. `type` is None for what needs no action: tests, outgoing transfers, failed tries."""

    id: str
    type: str | None
    timestamp: datetime
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderReply:
    """Status and body as the provider wants them; `body` None sends none."""

    status: int
    body: dict[str, Any] | None


class ProviderAdapter(Protocol):
    """`read` verifies before it parses: SignatureRefused first, BodyRefused after."""

    @property
    def name(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def media_types(self) -> frozenset[str]: ...
    @property
    def asks_for_orders(self) -> bool:
        """Whether its reply reports an unknown order or another amount."""
        return False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]: ...
    # `secrets` are empty for a sender whose signature was not right: signing a stranger's text would give away signatures.
    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply: ...


def messages_of(
    items: list[Any], read: Callable[[dict[str, Any]], PartnerMessage], now: datetime
) -> list[PartnerMessage]:
    """The messages of a request with several; an unreadable one never refuses its neighbours.

    It is kept without a type, so that the partner's deliveries show it. BodyRefused where not one can be read.
    """
    messages: list[PartnerMessage] = []
    refused: list[BodyRefused] = []
    for item in items:
        try:
            if not isinstance(item, dict):
                raise BodyRefused("an item is not an object")
            messages.append(read(item))
        except BodyRefused as error:
            refused.append(error)
            logger.warning("webhook item refused", reason=str(error))
            messages.append(PartnerMessage(digest_id("unreadable", json.dumps(item, sort_keys=True)), None, now))
    if refused and len(refused) == len(items):
        raise refused[0]
    return messages


def settled(
    partner_reference: str,
    amount: int,
    settled_at: datetime,
    *,
    reference: str | None = None,
    account_no: str | None = None,
    bin: str | None = None,
) -> dict[str, Any]:
    """The data of `qr.payment_settled`, without the fields that are not known."""
    data: dict[str, Any] = {
        "partner_reference": partner_reference,
        "amount": amount,
        "currency": "VND",
        "settled_at": settled_at.isoformat(),
    }
    optional = {"reference": reference, "account_no": account_no, "bin": bin}
    return data | {name: value for name, value in optional.items() if value}


def is_hmac(secrets: list[str], text: bytes, given: bytes, algorithm: str) -> bool:
    """Whether `given` (bytes, not text) is the HMAC of `text` under any secret, compared in constant time."""
    return any_fits(secrets, lambda key: hmac.compare_digest(hmac.digest(key.encode(), text, algorithm), given))


def read_form(body: bytes, *, fields: int = 100) -> dict[str, str]:
    """A form or a query, each field once; BodyRefused for anything else."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=fields)
    except ValueError as error:
        raise BodyRefused("not a form in UTF-8") from error
    if len({name for name, _ in pairs}) != len(pairs):
        raise BodyRefused("a field is given twice")
    return dict(pairs)


def from_hex(text: object) -> bytes:
    """The bytes of a signature in hexadecimal; SignatureRefused for anything else."""
    try:
        return bytes.fromhex(text if isinstance(text, str) else "-")
    except ValueError as error:
        raise SignatureRefused("malformed-header") from error


def text_at(document: dict[str, Any], name: str, *, longest: int = 200) -> str:
    """A field as text (numbers as their digits); BodyRefused when it is missing, empty, nested or too long."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not 0 < len(str(value)) <= longest:
        raise BodyRefused(f"{name} is missing or not a text")
    return str(value)


def optional_text_at(document: dict[str, Any], name: str, *, longest: int = 200) -> str | None:
    """A field as text, None when it is absent, null, empty or not a text."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:longest] or None


def amount_at(document: dict[str, Any], name: str) -> int:
    """A field as whole VND, written as number or as digits; BodyRefused for fractions and anything else."""
    value = document.get(name)
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        value = int(value) if len(value) <= 20 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**13:
        raise BodyRefused(f"{name} is not an amount of VND")
    return value


def instant_at(document: dict[str, Any], name: str) -> datetime:
    """A time in RFC 3339 with offset; digits alone are none."""
    try:
        return _INSTANT.validate_python(document.get(name))
    except ValidationError as error:
        raise BodyRefused(f"{name} is not an RFC 3339 time") from error


_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def local_time_at(document: dict[str, Any], name: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """A time written without zone, which these providers mean as Vietnam's."""
    try:
        return datetime.strptime(text_at(document, name), pattern).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise BodyRefused(f"{name} is not a time") from error


def milliseconds_at(document: dict[str, Any], name: str) -> datetime:
    """A time in milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(amount_at(document, name) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BodyRefused(f"{name} is not a time") from error


def digest_id(*parts: str) -> str:
    """A short id for providers that give none: equal parts, equal id."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]
