"""The webhook door: checks in the order of the contract, then waits for the message to be durable, then answers."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json

from chassis.clock import local_date, now
from chassis.errors import MethodNotAllowed, NotFound, Problem, TooLarge, UnsupportedMediaType
from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.security.encryption import encrypt
from gateway.answers import Receive, Scope, Send, send_json
from gateway.dialects import DIALECTS, Arrival, Dialect, Outcome, Translation
from gateway.directory import Directory, KnownPartner
from gateway.errors import (
    BadSignature,
    MalformedMessage,
    Overloaded,
    RequestTooSlow,
    Retired,
    TooManyRequests,
    TypeNotAllowed,
    UnknownType,
)
from gateway.events import SHAPES, check_data, check_time, read_envelope, subject_key_of
from gateway.head import Head, RawHeaders
from gateway.headers import check_length
from gateway.incoming import read_body
from gateway.limits import Policy, TokenBuckets, Verdict
from gateway.mailbox import Fate, Full, Letter, Mailbox, NotKept
from gateway.model.deliveries import DELIVERY_BODY
from gateway.signatures import SignatureRefused, verify
from gateway.strict_json import BodyRefused, read_object

BODY_LIMIT = 65_536
SECONDS_TO_READ = 10.0
JSON_MEDIA = frozenset({"application/json"})
WORST = (Fate.CONFLICT, Fate.ACCEPTED, Fate.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message and the hash by which its repetition is known."""

    message: Translation
    body_hash: bytes


class WebhookDoor:
    """Pure ASGI. One bucket per partner, one mailbox for all."""

    def __init__(self, directory: Directory, mailbox: Mailbox, policy: Policy) -> None:
        self._directory = directory
        self._mailbox = mailbox
        self._policy = policy
        self._buckets: dict[str, TokenBuckets] = {}

    async def answer(self, scope: Scope, receive: Receive, send: Send, partner_id: str, traceparent: str) -> None:
        """Answer one delivery; raises a Problem for a standard partner, replies in kind to a dialect's."""
        partner = self._admitted(scope, partner_id)
        dialect = DIALECTS.get(partner.dialect)
        if dialect is None:
            if scope["method"] != "POST":
                raise MethodNotAllowed(headers={"Allow": "POST"})
            await self._answer_standard(scope, receive, send, partner, traceparent)
        else:
            await self._answer_dialect(scope, receive, send, partner, dialect, traceparent)

    def _admitted(self, scope: Scope, partner_id: str) -> KnownPartner:
        partner = self._directory.find(partner_id)
        if partner is None or not partner.may_come_from((scope.get("client") or ("",))[0]):
            # From a foreign network the partner does not exist: the list of partners is nobody's business.
            raise NotFound
        if not partner.is_active:
            raise Retired
        return partner

    async def _answer_standard(
        self, scope: Scope, receive: Receive, send: Send, partner: KnownPartner, traceparent: str
    ) -> None:
        head = Head(scope["headers"])
        check_length(head, BODY_LIMIT)
        _check_media(head, JSON_MEDIA)
        verdict = self._take(partner)
        body = await self._read(receive)
        try:
            signed = verify(head.raw, body, partner.keys, now=now())
        except SignatureRefused as refused:
            logger.info("webhook refused", partner=partner.id, reason=refused.reason)
            raise BadSignature from refused
        try:
            message = _standard_message(signed.id, body)
        except BodyRefused as refused:
            raise MalformedMessage(errors=refused.errors) from refused
        _check_allowed(partner, message)
        fate = await self._keep(partner, [Delivered(message, hashlib.sha256(body).digest())], traceparent)
        await send_json(send, 202, {"id": signed.id, "status": fate.value}, verdict.headers())

    async def _answer_dialect(
        self, scope: Scope, receive: Receive, send: Send, partner: KnownPartner, dialect: Dialect, traceparent: str
    ) -> None:
        secrets = partner.texts(now())
        arrival = Arrival(scope["method"], scope["query_string"], scope["headers"], b"")
        head = Head(scope["headers"])
        headers: RawHeaders = []
        try:
            if scope["method"] != dialect.method:
                raise MethodNotAllowed(headers={"Allow": dialect.method})
            check_length(head, BODY_LIMIT)
            if dialect.media_types:
                _check_media(head, dialect.media_types)
            self._take(partner)
            arrival = Arrival(scope["method"], scope["query_string"], head.raw, await self._read(receive))
            delivered = _translated(dialect, arrival, secrets)
            for one in delivered:
                _check_allowed(partner, one.message)
            outcome = Outcome((await self._keep(partner, delivered, traceparent)).value)
        except (Problem, SignatureRefused, BodyRefused) as refused:
            if isinstance(refused, (TooLarge, UnsupportedMediaType, MethodNotAllowed, RequestTooSlow)):
                raise
            outcome = _outcome_of(refused)
            headers = [(b"retry-after", b"1")] if outcome in (Outcome.BUSY, Outcome.TOO_MANY) else []
            logger.info("webhook refused", partner=partner.id, reason=outcome.value)
        reply = dialect.reply(outcome, arrival, secrets)
        await send_json(send, reply.status, reply.body, headers)

    def _take(self, partner: KnownPartner) -> Verdict:
        quota = partner.messages_per_minute or self._policy.quota
        buckets = self._buckets.get(partner.id)
        if buckets is None or buckets.policy.quota != quota:
            buckets = self._buckets[partner.id] = TokenBuckets(Policy(self._policy.name, quota, self._policy.window))
        verdict = buckets.take(partner.id)
        if not verdict.allowed:
            fields = {name.decode(): value.decode() for name, value in verdict.headers()}
            raise TooManyRequests(headers=fields)
        return verdict

    async def _read(self, receive: Receive) -> bytes:
        return await read_body(receive, BODY_LIMIT, SECONDS_TO_READ)

    async def _keep(self, partner: KnownPartner, delivered: list[Delivered], traceparent: str) -> Fate:
        moment = now()
        letters = [_letter(partner, one, moment, traceparent) for one in delivered]
        try:
            if len(letters) == 1:
                return await self._mailbox.post(letters[0])
            fates = await asyncio.gather(*(self._mailbox.post(letter) for letter in letters))
        except (Full, NotKept) as error:
            raise Overloaded from error
        # Several messages in one request (Casso v1) share one answer; none at all is nothing left to do.
        return next((fate for fate in WORST if fate in fates), Fate.ACCEPTED)


def _check_media(head: Head, allowed: frozenset[str]) -> None:
    media_type = head.only(b"content-type") or b""
    kind = media_type.decode("latin-1").partition(";")[0].strip().lower()
    # The signature is over the bytes as sent; unpacking them would be a second reading.
    is_packed = any(encoding.strip().lower() != b"identity" for encoding in head.values(b"content-encoding"))
    if kind not in allowed or is_packed:
        raise UnsupportedMediaType


def _standard_message(message_id: str, body: bytes) -> Translation:
    envelope = read_envelope(read_object(body))
    if envelope.type in SHAPES:
        check_data(envelope.type, envelope.data)
    return Translation(message_id, envelope.type, envelope.timestamp, envelope.data)


def _translated(dialect: Dialect, arrival: Arrival, secrets: list[str]) -> list[Delivered]:
    messages = dialect.read(arrival, secrets, now())
    for message in messages:
        check_time(message.timestamp)
        if message.type in SHAPES:
            check_data(message.type, message.data)
    return [Delivered(message, _hash_of(message)) for message in messages]


def _hash_of(message: Translation) -> bytes:
    # Dialects repeat a message with a new balance or time of sending: what counts is what it says.
    said = {name: value for name, value in message.data.items() if name != "settled_at"}
    return hashlib.sha256(json.dumps([message.type, said], sort_keys=True).encode()).digest()


def _check_allowed(partner: KnownPartner, message: Translation) -> None:
    if message.type is None:
        return
    if message.type not in SHAPES:
        raise UnknownType
    if message.type not in partner.allowed_types:
        raise TypeNotAllowed


def _letter(partner: KnownPartner, delivered: Delivered, moment: datetime, traceparent: str) -> Letter:
    message = delivered.message
    delivery_id = new_id()
    held = partner.held_on(local_date(moment))
    return Letter(
        id=delivery_id,
        partner_id=partner.id,
        webhook_id=message.id,
        event=message.type,
        occurred_at=message.timestamp,
        received_at=moment,
        body_hash=delivered.body_hash,
        subject_key=subject_key_of(partner.id, message.type, message.data),
        sealed=encrypt(DELIVERY_BODY, str(delivery_id), to_json(message.data)),
        traceparent=traceparent,
        licences=held.licences,
        unit_codes=held.unit_codes,
    )


def _outcome_of(refused: Exception) -> Outcome:
    if isinstance(refused, SignatureRefused):
        return Outcome.BAD_SIGNATURE
    if isinstance(refused, BodyRefused):
        return Outcome.MALFORMED
    if isinstance(refused, TooManyRequests):
        return Outcome.TOO_MANY
    if isinstance(refused, (UnknownType, TypeNotAllowed)):
        return Outcome.NOT_ALLOWED
    return Outcome.BUSY
