"""For partners who can only send a fixed token: `Authorization: Bearer <token>` and our own body with an id."""

import hmac
from datetime import datetime

from gateway.dialects.message import (
    ERROR_STATUS,
    JSON_MEDIA,
    Arrival,
    Outcome,
    Reply,
    Translation,
    text_at,
)
from gateway.signatures import SignatureRefused
from gateway.strict_json import BodyRefused, read_object


class StaticToken:
    """Body: `{"id", "type", "timestamp", "data"}`. The weakest dialect: meant for closed networks."""

    name = "static-token"
    method = "POST"
    media_types = JSON_MEDIA

    def read(self, arrival: Arrival, secrets: list[str], now: datetime) -> list[Translation]:
        given = arrival.header(b"authorization")
        fits = False
        for secret in secrets:
            fits |= hmac.compare_digest(b"Bearer " + secret.encode(), given)
        if not fits:
            raise SignatureRefused("mismatch")
        document = read_object(arrival.body)
        data = document.get("data")
        if not isinstance(data, dict):
            raise BodyRefused("data is missing")
        happened_at = _read_time(text_at(document, "timestamp"))
        return [Translation(text_at(document, "id"), text_at(document, "type"), happened_at, data)]

    def reply(self, outcome: Outcome, arrival: Arrival, secrets: list[str]) -> Reply:
        return Reply(ERROR_STATUS.get(outcome, 202), {"status": outcome.value})


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BodyRefused("timestamp is not RFC 3339") from error
    if moment.tzinfo is None:
        raise BodyRefused("timestamp has no offset")
    return moment
