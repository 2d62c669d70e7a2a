"""The webhook endpoint: checks in the order of the contract, waits until the message is durable, then responds."""

import asyncio
import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json

from chassis.clock import local_date, now
from chassis.errors import MethodNotAllowed, NotFound, Problem, TooLarge, UnsupportedMediaType
from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.security.encryption import encrypt
from gateway.edge.address_limits import AddressLimit
from gateway.edge.client_address import address_group
from gateway.edge.framing import check_length
from gateway.edge.rate_limits import Policy, TokenBuckets, Verdict, check_quota
from gateway.edge.request_body import has_body, read_body
from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.edge.responses import Receive, Scope, Send, send_json
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
from gateway.model.deliveries import DELIVERY_BODY
from gateway.webhooks.batch_writer import PendingDelivery, PersistFailed, QueueFull, WebhookBatchWriter, WriteOutcome
from gateway.webhooks.event_types import SHAPES, check_data, check_time, read_envelope, subject_key_of
from gateway.webhooks.orders import Orders
from gateway.webhooks.partner_cache import PartnerCache, PartnerSnapshot
from gateway.webhooks.providers import PROVIDERS, PartnerMessage, ProviderAdapter, ProviderRequest, ReplyOutcome
from gateway.webhooks.signatures import SignatureRefused, verify
from gateway.webhooks.strict_json import BodyRefused, read_object

BODY_LIMIT = 65_536
SECONDS_TO_READ = 10.0
JSON_MEDIA = frozenset({"application/json"})
TIMES_OF_SENDING = frozenset({"settled_at", "reversed_at"})
WORST = (WriteOutcome.CONFLICT, WriteOutcome.ACCEPTED, WriteOutcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class VerifiedMessage:
    """One message and the hash that identifies its repetition."""

    message: PartnerMessage
    body_hash: bytes


class WebhookEndpoint:
    """Pure ASGI. One bucket per partner, one batch writer for all."""

    def __init__(
        self,
        partner_cache: PartnerCache,
        batch_writer: WebhookBatchWriter,
        policy: Policy,
        addresses: TokenBuckets,
        bodies: AddressLimit,
        orders: Orders,
    ) -> None:
        self._partner_cache = partner_cache
        self._batch_writer = batch_writer
        self._policy = policy
        self._addresses = addresses
        self._bodies = bodies
        self._orders = orders
        self._buckets: dict[str, TokenBuckets] = {}

    async def answer(self, scope: Scope, receive: Receive, send: Send, partner_id: str, traceparent: str) -> None:
        """Respond to one delivery; raises a Problem for a standard partner, replies as the provider expects otherwise."""
        partner = self._admitted(scope, partner_id)
        adapter = PROVIDERS.get(partner.dialect)
        if adapter is None:
            if scope["method"] != "POST":
                raise MethodNotAllowed(headers={"Allow": "POST"})
            await self._respond_to_standard(scope, receive, send, partner, traceparent)
        else:
            await self._respond_to_provider(scope, receive, send, partner, adapter, traceparent)

    def _admitted(self, scope: Scope, partner_id: str) -> PartnerSnapshot:
        partner = self._partner_cache.find(partner_id)
        if partner is None or not partner.may_come_from((scope.get("client") or ("",))[0]):
            # From a foreign network the partner does not exist: the list of partners is not public.
            raise NotFound
        if not partner.is_active:
            raise Retired
        return partner

    async def _respond_to_standard(
        self, scope: Scope, receive: Receive, send: Send, partner: PartnerSnapshot, traceparent: str
    ) -> None:
        head = RequestHead(scope["headers"])
        check_length(head, BODY_LIMIT)
        _check_media(head, JSON_MEDIA)
        body = await self._read(scope, head, receive)
        try:
            signed = verify(head.raw, body, partner.keys, now=now())
        except SignatureRefused as refused:
            logger.info("webhook refused", partner=partner.id, reason=refused.reason)
            raise BadSignature.because(refused.reason) from refused
        verdict = self._take(scope, partner)
        try:
            message = _standard_message(signed.id, body)
        except BodyRefused as refused:
            raise MalformedMessage(errors=refused.errors) from refused
        _check_allowed(partner, message)
        outcome = await self._keep(partner, [VerifiedMessage(message, hashlib.sha256(body).digest())], traceparent)
        await send_json(send, 202, {"id": signed.id, "status": outcome.value}, verdict.headers())

    async def _respond_to_provider(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        partner: PartnerSnapshot,
        adapter: ProviderAdapter,
        traceparent: str,
    ) -> None:
        secrets = partner.texts(now())
        request = ProviderRequest(scope["method"], scope["query_string"], scope["headers"], b"")
        head = RequestHead(scope["headers"])
        headers: RawHeaders = []
        signing_secrets: list[str] = []
        """For the reply: a sender without a right signature gets no signed text."""
        try:
            if scope["method"] != adapter.method:
                raise MethodNotAllowed(headers={"Allow": adapter.method})
            check_length(head, BODY_LIMIT)
            if adapter.media_types:
                _check_media(head, adapter.media_types)
            body = await self._read(scope, head, receive)
            request = ProviderRequest(scope["method"], scope["query_string"], head.raw, body)
            delivered = _verified(adapter, request, secrets)
            signing_secrets = secrets
            self._take(scope, partner)
            for one in delivered:
                _check_allowed(partner, one.message)
            outcome = ReplyOutcome((await self._keep(partner, delivered, traceparent)).value)
            if adapter.asks_for_orders:
                outcome = await self._orders.check(partner.id, delivered[0].message) or outcome
        except (Problem, SignatureRefused, BodyRefused) as refused:
            if isinstance(refused, (TooLarge, UnsupportedMediaType, MethodNotAllowed, RequestTooSlow)):
                raise
            outcome = _outcome_of(refused)
            headers = [(b"retry-after", b"1")] if outcome in (ReplyOutcome.BUSY, ReplyOutcome.TOO_MANY) else []
            logger.info("webhook refused", partner=partner.id, reason=outcome.value)
        reply = adapter.reply(outcome, request, signing_secrets)
        await send_json(send, reply.status, reply.body, headers)

    def _take(self, scope: Scope, partner: PartnerSnapshot) -> Verdict:
        """Charge the partner, whose signature was right, instead of its address."""
        self._addresses.give_back(_address_group(scope))
        quota = partner.messages_per_minute or self._policy.quota
        buckets = self._buckets.get(partner.id)
        if buckets is None or buckets.policy.quota != quota:
            buckets = self._buckets[partner.id] = TokenBuckets(Policy(self._policy.name, quota, self._policy.window))
        return check_quota(buckets.take(partner.id))

    async def _read(self, scope: Scope, head: RequestHead, receive: Receive) -> bytes:
        """The body, charged to the address: the partner's quota is charged only after its signature."""
        address = _address_group(scope)
        check_quota(self._addresses.take(address))
        with self._bodies.hold(address) if has_body(head) else nullcontext():
            return await read_body(receive, BODY_LIMIT, SECONDS_TO_READ)

    async def _keep(self, partner: PartnerSnapshot, delivered: list[VerifiedMessage], traceparent: str) -> WriteOutcome:
        moment = now()
        deliveries = [_pending(partner, one, moment, traceparent) for one in delivered]
        try:
            if len(deliveries) == 1:
                return await self._batch_writer.write(deliveries[0])
            outcomes = await asyncio.gather(*(self._batch_writer.write(delivery) for delivery in deliveries))
        except (QueueFull, PersistFailed) as error:
            raise Overloaded from error
        # Several messages in one request (Casso v1) share one response; no message at all is accepted.
        return next((outcome for outcome in WORST if outcome in outcomes), WriteOutcome.ACCEPTED)


def _address_group(scope: Scope) -> str:
    return address_group(str((scope.get("client") or ("unknown",))[0]))


def _check_media(head: RequestHead, allowed: frozenset[str]) -> None:
    media_type = head.only(b"content-type") or b""
    kind = media_type.decode("latin-1").partition(";")[0].strip().lower()
    # The signature is over the bytes as sent; decompressing them would be a second interpretation.
    is_packed = any(encoding.strip().lower() != b"identity" for encoding in head.values(b"content-encoding"))
    if kind not in allowed or is_packed:
        raise UnsupportedMediaType


def _standard_message(message_id: str, body: bytes) -> PartnerMessage:
    envelope = read_envelope(read_object(body))
    if envelope.type in SHAPES:
        check_data(envelope.type, envelope.data)
    return PartnerMessage(message_id, envelope.type, envelope.timestamp, envelope.data)


def _verified(adapter: ProviderAdapter, request: ProviderRequest, secrets: list[str]) -> list[VerifiedMessage]:
    messages = adapter.read(request, secrets, now())
    checked = messages if len(messages) == 1 else [_without_content_if_wrong(message) for message in messages]
    for message in checked:
        _check(message)
    return [VerifiedMessage(message, _hash_of(message)) for message in checked]


def _check(message: PartnerMessage) -> None:
    check_time(message.timestamp)
    if message.type in SHAPES:
        check_data(message.type, message.data)


def _without_content_if_wrong(message: PartnerMessage) -> PartnerMessage:
    """One wrong message of several never refuses its neighbours: it is kept as one that needs no action."""
    try:
        _check(message)
    except BodyRefused as refused:
        logger.warning("webhook item refused", reason=str(refused))
        return PartnerMessage(message.id, None, min(message.timestamp, now()))
    return message


def _hash_of(message: PartnerMessage) -> bytes:
    # Providers repeat a message with a new balance or time of sending; only type and data are compared.
    compared = {name: value for name, value in message.data.items() if name not in TIMES_OF_SENDING}
    return hashlib.sha256(json.dumps([message.type, compared], sort_keys=True).encode()).digest()


def _check_allowed(partner: PartnerSnapshot, message: PartnerMessage) -> None:
    if message.type is None:
        return
    if message.type not in SHAPES:
        raise UnknownType
    if message.type not in partner.allowed_types:
        raise TypeNotAllowed


def _pending(
    partner: PartnerSnapshot, delivered: VerifiedMessage, moment: datetime, traceparent: str
) -> PendingDelivery:
    message = delivered.message
    delivery_id = new_id()
    held = partner.valid_grants_on(local_date(moment))
    return PendingDelivery(
        id=delivery_id,
        partner_id=partner.id,
        webhook_id=message.id,
        event=message.type,
        occurred_at=message.timestamp,
        received_at=moment,
        body_hash=delivered.body_hash,
        subject_key=subject_key_of(partner.id, message.type, message.data),
        encrypted=encrypt(DELIVERY_BODY, str(delivery_id), to_json(message.data)),
        traceparent=traceparent,
        licences=held.licences,
        unit_codes=held.unit_codes,
    )


def _outcome_of(refused: Exception) -> ReplyOutcome:
    if isinstance(refused, SignatureRefused):
        return ReplyOutcome.BAD_SIGNATURE
    if isinstance(refused, BodyRefused):
        return ReplyOutcome.MALFORMED
    if isinstance(refused, TooManyRequests):
        return ReplyOutcome.TOO_MANY
    if isinstance(refused, (UnknownType, TypeNotAllowed)):
        return ReplyOutcome.NOT_ALLOWED
    return ReplyOutcome.BUSY
