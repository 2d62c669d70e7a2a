"""Outcomes of partners' events: published by the service that handled them."""

from typing import ClassVar, Literal

from contracts import topics
from contracts.event import Event, Id, Instant


class DeliveryProcessed(Event):
    """A service has handled a partner's event. `rejected` names a stable `reason`, such as `unlicensed-provider`."""

    topic: ClassVar[str] = topics.DELIVERIES
    type: ClassVar[str] = "vn.bakhong.delivery.processed.v1"
    key_field: ClassVar[str] = "delivery_id"

    delivery_id: Id
    partner_id: str
    service: str
    outcome: Literal["applied", "unchanged", "rejected"]
    at: Instant
    reason: str | None = None
    webhook_id: str | None = None
    """The `webhook-id` of the partner's message."""
    event: str | None = None
    """The type of the partner's message, such as `payment_account.opened`."""


class DeliveryUnmatched(Event):
    """No known person matches (`unknown`), or several do (`ambiguous`): the event is stored and applied later."""

    topic: ClassVar[str] = topics.DELIVERIES
    type: ClassVar[str] = "vn.bakhong.delivery.unmatched.v1"
    key_field: ClassVar[str] = "delivery_id"

    delivery_id: Id
    partner_id: str
    service: str
    reason: Literal["unknown", "ambiguous"]
    at: Instant
    webhook_id: str | None = None
    event: str | None = None
