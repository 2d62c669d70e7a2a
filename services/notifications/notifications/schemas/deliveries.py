"""Request bodies and views of deliveries, attempts and replays."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.security.encryption import decrypt
from chassis.web.bodies import Instant as InstantIn
from chassis.web.bodies import RequestBody
from chassis.web.past import not_before
from notifications.model.deliveries import ANSWER, DeliveryAttempt, DeliveryStatus, Replay
from notifications.model.event_data import Instant
from notifications.queries.deliveries import DeliveredEvent
from notifications.schemas.events import EventView
from notifications.schemas.subscriptions import EventTypeName


class ReplayCreate(RequestBody):
    """Which events are sent again; they keep their ids."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"from": "2026-11-29T00:00:00+07:00", "to": "2026-11-30T00:00:00+07:00", "status": "failed"}]
        },
    )

    since: InstantIn = Field(alias="from")
    """Events that became known at this time or later."""
    until: Annotated[InstantIn, not_before("since")] = Field(alias="to")
    """Events that became known before this time."""
    types: Annotated[list[EventTypeName], Field(max_length=100)] = []
    """Only these types; left out: all types of the subscription."""
    status: DeliveryStatus | None = None
    """Only deliveries that stand so, such as `failed`."""


class ReplayView(BaseModel):
    """A replay that was accepted."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The replay."""
    status: Literal["accepted"] = "accepted"
    """The deliveries are due now."""
    deliveries: int
    """How many are sent again."""

    @classmethod
    def of(cls, replay: Replay) -> "ReplayView":
        """The view of a row."""
        return cls(id=replay.id, deliveries=replay.deliveries)


class DeliveryListItem(BaseModel):
    """One event for one subscription."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The delivery."""
    event_id: UUID
    """The event: the `webhook-id`, and the id in the feed."""
    type: str
    """The type of the event."""
    status: DeliveryStatus
    """`failed`: the schedule of retries is used up."""
    attempts: int
    """How many were made."""
    next_attempt_at: Instant | None
    """When the next one is due."""
    delivered_at: Instant | None
    """When the endpoint answered 2xx."""
    created_at: Instant
    """When the event was taken up for this subscription."""

    @classmethod
    def of(cls, found: DeliveredEvent) -> "DeliveryListItem":
        """The view of a row."""
        delivery = found.delivery
        return cls(
            id=delivery.id, event_id=found.event.id, type=delivery.type, status=DeliveryStatus(delivery.status),
            attempts=delivery.attempts, next_attempt_at=delivery.next_attempt_at, delivered_at=delivery.delivered_at,
            created_at=delivery.created_at,
        )  # fmt: skip


class AttemptView(BaseModel):
    """One attempt."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    number: int
    """Counts from 1."""
    at: Instant
    """When it began."""
    milliseconds: int
    """How long it took."""
    status_code: int | None
    """The HTTP status of the answer."""
    error: str | None
    """Where no answer came: `timeout`, `connection-failed`, `tls-failed`, `name-not-resolved`, `address-not-allowed`,
    `invalid-response`."""
    answer: str | None
    """The beginning of the answer's body, for the owner of the subscription only."""

    @classmethod
    def of(cls, attempt: DeliveryAttempt, *, shows_answer: bool) -> "AttemptView":
        """The view of a row."""
        answer = None
        if shows_answer and attempt.answer is not None:
            answer = decrypt(ANSWER, str(attempt.id), attempt.answer).decode(errors="replace")
        return cls(**attempt.model_dump(exclude={"answer", "id", "delivery_id"}), answer=answer)


class WebhookDeliveryView(DeliveryListItem):
    """A delivery with its event and its attempts."""

    event: EventView
    """What is sent."""
    attempt_list: list[AttemptView]
    """The attempts, oldest first."""


class TestSent(BaseModel):
    """A test that is sent in a moment."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    delivery_id: UUID
    """`GET …/deliveries/{delivery_id}` shows what came of it."""
    event_id: UUID
    """Its `webhook-id`."""
    type: str
    """Its type."""
    status: Literal["pending"] = "pending"
    """It is sent in a moment."""
