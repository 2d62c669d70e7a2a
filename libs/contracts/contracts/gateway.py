"""Events of the gateway: what partners sent, encrypted, and the partners themselves."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts import topics
from contracts.event import Code, Event, Id, Instant, date

SEALED_AT = ("gateway", "partner_event", "sealed")
"""Service, table and column to which `PartnerEventReceived.sealed` is bound; its row is the delivery's id."""
CONTACT_SEALED_AT = ("gateway", "partner", "contact")
"""The same of `PartnerChanged.sealed_contact`; its row is the partner's id."""


class PartnerEventReceived(Event):
    """A partner's message, durable and verified. `sealed` is the body's `data` as JSON, encrypted, in base64.

    `subject_key` is a blind index of the person or organization, or the merchant id: the same subject, the same order.
    `licences` are the kinds that the partner validly holds (`cyber_protection`), `unit_codes` the units of its agreements.
    """

    topic: ClassVar[str] = topics.PARTNER_EVENTS
    type: ClassVar[str] = "vn.bakhong.partner_event.received.v1"
    key_field: ClassVar[str] = "subject_key"

    subject_key: str
    delivery_id: Id
    partner_id: str
    webhook_id: str
    event: str
    occurred_at: Instant
    received_at: Instant
    sealed: str
    licences: list[str] = []
    unit_codes: list[Code] = []
    attempt: int = 1
    """Counts "process again": each attempt is applied as if it were new."""


class Licence(BaseModel):
    """A licence that a partner holds; `kind` for instance `cyber_protection`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    valid_from: date | None = None
    valid_to: date | None = None


class Agreement(BaseModel):
    """A cooperation agreement (thỏa thuận hợp tác) of a partner with a unit, for some subjects."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unit_code: Code
    scope: list[str]
    valid_from: date | None = None
    valid_to: date | None = None


class PartnerChanged(Event):
    """A partner as it stands now."""

    topic: ClassVar[str] = topics.PARTNERS
    type: ClassVar[str] = "vn.bakhong.partner.changed.v1"
    key_field: ClassVar[str] = "partner_id"

    partner_id: str
    version: int
    name: str
    active: bool
    allowed_types: list[str]
    licences: list[Licence]
    agreements: list[Agreement]
    at: Instant
    kind: str | None = None
    """Its kind, such as `bank`, or `app` for the province's app; None: published before this field existed."""
    sealed_contact: str | None = None
    """Whom to write to when deliveries fail, encrypted, in base64."""
