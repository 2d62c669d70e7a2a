"""For partners who can only send a fixed token: `Authorization: Bearer <token>` and our own body with an id."""

import hmac
from datetime import datetime

from gateway.webhooks.providers.message import (
    ERROR_STATUS,
    JSON_MEDIA,
    PartnerMessage,
    ProviderReply,
    ProviderRequest,
    ReplyOutcome,
    instant_at,
    text_at,
)
from gateway.webhooks.signatures import SignatureRefused, any_fits
from gateway.webhooks.strict_json import BodyRefused, read_object


class StaticToken:
    """Body: `{"id", "type", "timestamp", "data"}`. The weakest scheme: meant for closed networks."""

    name = "static-token"
    method = "POST"
    media_types = JSON_MEDIA
    asks_for_orders = False

    def read(self, request: ProviderRequest, secrets: list[str], now: datetime) -> list[PartnerMessage]:
        given = request.header(b"authorization")
        if not any_fits(secrets, lambda secret: hmac.compare_digest(b"Bearer " + secret.encode(), given)):
            raise SignatureRefused("mismatch")
        document = read_object(request.body)
        data = document.get("data")
        if not isinstance(data, dict):
            raise BodyRefused("data is missing")
        happened_at = instant_at(document, "timestamp")
        return [PartnerMessage(text_at(document, "id"), text_at(document, "type"), happened_at, data)]

    def reply(self, outcome: ReplyOutcome, request: ProviderRequest, secrets: list[str]) -> ProviderReply:
        return ProviderReply(ERROR_STATUS.get(outcome, 202), {"status": outcome.value})
