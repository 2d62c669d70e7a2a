"""The data of public events: ids, codes, states, amounts and times. No name, number or address of a person."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from chassis.clock import HO_CHI_MINH


def _local(value: datetime) -> str:
    return value.astimezone(HO_CHI_MINH).isoformat()


Instant = Annotated[datetime, PlainSerializer(_local, return_type=str, when_used="json")]
"""A time in RFC 3339 with the offset of Viet Nam."""


class EventData(BaseModel):
    """The base: fields have the names that the internal event gives them."""

    model_config = ConfigDict(from_attributes=True, extra="ignore", frozen=True, use_attribute_docstrings=True)


class DeliveryData(EventData):
    """What became of a message that the partner sent."""

    delivery_id: UUID
    """The delivery, as in `GET /v1/partners/{id}/deliveries`."""
    webhook_id: str | None = None
    """The `webhook-id` of the partner's message."""
    event: str | None = None
    """The type of the partner's message."""
    service: str
    """The service that handled it; a message may concern several."""


class DeliveryProcessedData(DeliveryData):
    """A message was applied, or changed nothing."""

    outcome: Literal["applied", "unchanged"]
    """`unchanged`: its content was known."""


class DeliveryUnmatchedData(DeliveryData):
    """No known person or organization fits; the message is kept and applied later."""

    reason: Literal["unknown", "ambiguous"]
    """`ambiguous`: several fit."""


class DeliveryRejectedData(DeliveryData):
    """A message was not applied and will not be."""

    reason: str | None = None
    """A stable code, such as `unlicensed-provider`."""


class MerchantData(EventData):
    """A merchant as it stands now."""

    merchant_id: UUID
    """The merchant."""
    unit_code: str
    """Its unit."""
    category: str
    """Its category (ngành hàng)."""
    status: str
    """Its status."""
    provider: str
    """The partner that receives its payments."""
    owner_resident_id: UUID | None = None
    """Its owner, if a resident."""
    owner_organization_id: UUID | None = None
    """Its owner, if an organization."""


class QrIssuedData(EventData):
    """A QR code exists."""

    merchant_id: UUID
    """The merchant that is paid."""
    qr_code_id: UUID
    """The code."""
    unit_code: str
    """The merchant's unit."""
    category: str
    """The merchant's category."""
    kind: Literal["static", "dynamic", "external"]
    """`external`: made by a bank or telecom."""
    amount: int | None = None
    """VND; null where the payer enters it."""
    bill_id: UUID | None = None
    """The bill that it pays."""
    dossier_id: UUID | None = None
    """The dossier whose fee it pays."""
    expires_at: Instant | None = None
    """When it ends."""


class BillData(EventData):
    """A bill."""

    bill_id: UUID
    """The bill."""
    merchant_id: UUID
    """The merchant that issued it."""
    unit_code: str
    """The merchant's unit."""
    amount: int
    """VND."""
    dossier_id: UUID | None = None
    """The dossier whose fee it is."""


class BillIssuedData(BillData):
    """A bill was issued, or issued again with another amount or date."""

    qr_code_id: UUID | None = None
    """The code that pays it."""
    period: str
    """The billing period, `YYYY-MM`."""
    due_on: date
    """The last day for paying it."""
    remaining: int
    """VND that are still due."""
    resident_ids: list[UUID] = []
    """Its payers, by confirmed customer codes."""


class BillPaidData(BillData):
    """A bill is paid in full."""

    payment_id: UUID
    """The payment that completed it."""
    paid_at: Instant
    """When."""


class PaymentData(EventData):
    """A payment to a merchant."""

    payment_id: UUID
    """The payment."""
    merchant_id: UUID
    """The merchant."""
    partner_id: str | None = None
    """The partner that reported it."""
    unit_code: str
    """The merchant's unit."""
    category: str
    """The merchant's category."""
    amount: int
    """VND."""
    bill_id: UUID | None = None
    """The bill that it pays."""
    dossier_id: UUID | None = None
    """The dossier whose fee it pays."""


class PaymentSettledData(PaymentData):
    """A payment was settled."""

    settled_at: Instant
    """When, by the partner's report."""
    counted: bool
    """False for a possible duplicate."""


class PaymentReversedData(PaymentData):
    """A settled payment was taken back."""

    reversed_at: Instant
    """When, by the partner's report."""


class PaymentUnmatchedData(EventData):
    """A reported payment fits no code or no merchant; an officer decides."""

    payment_id: UUID
    """The payment."""
    partner_id: str
    """The partner that reported it."""
    merchant_id: UUID | None = None
    """The merchant, where the report names it."""
    amount: int
    """VND."""
    settled_at: Instant
    """When, by the partner's report."""


class DossierData(EventData):
    """A dossier as it stands now."""

    dossier_id: UUID
    """The dossier."""
    code: str | None = None
    """Its code, as on the slip."""
    unit_code: str
    """The unit that decides it."""
    procedure_code: str
    """The procedure (mã thủ tục)."""
    status: str
    """Its status here."""
    national_status: int
    """One of the ten codes of the national portal."""
    channel: Literal[1, 2, 3]
    """1 in person, 2 online, 3 by post."""
    origin: Literal["here", "portal"]
    """Whether it was filed here or reported by a portal."""
    resident_id: UUID | None = None
    """The applicant, if a resident."""
    organization_id: UUID | None = None
    """The applicant, if an organization."""
    submitted_at: Instant | None = None
    """When it was submitted."""
    received_at: Instant | None = None
    """When it was validly received: the clock starts."""
    due_at: Instant | None = None
    """The promised time."""
    finished_at: Instant | None = None
    """When it ended."""
    is_on_time: bool | None = None
    """Whether it ended in time."""
    fee_amount: int = 0
    """VND."""


class FeedbackAnsweredData(EventData):
    """The competent unit answered feedback (phản ánh, kiến nghị)."""

    feedback_id: UUID
    """The feedback."""
    unit_code: str
    """The competent unit."""
    category: Literal["regulation", "conduct", "field"]
    """What it is about."""
    status: str
    """Its status."""
    resident_id: UUID | None = None
    """The sender; null when anonymous."""
    answered_at: Instant | None = None
    """When it was answered."""
    is_on_time: bool | None = None
    """Whether in time."""


class DocumentReceivedData(EventData):
    """A document lies in the box of its recipient, or its recipient confirmed receipt."""

    document_id: UUID
    """The document."""
    status: str
    """Its status."""
    sender_unit_code: str | None = None
    """The sender, if an agency."""
    recipient_unit_code: str | None = None
    """The recipient, if an agency."""
    sender_id: UUID | None = None
    """The sender, if a resident or organization."""
    recipient_id: UUID | None = None
    """The recipient, if a resident or organization."""


class StepData(EventData):
    """A step of becoming a digital citizen (công dân số), of a resident or an organization."""

    resident_id: UUID | None = None
    """The resident."""
    organization_id: UUID | None = None
    """The organization."""
    unit_code: str
    """The unit of both."""
    step: str
    """The step, such as `payment_account`."""
    evidence_kind: str | None = None
    """Who confirmed it."""
    completed_at: Instant | None = None
    """Since when it holds."""


class ConsentData(EventData):
    """A resident's consent to a provider."""

    consent_id: UUID
    """The consent."""
    resident_id: UUID
    """The resident."""
    partner_id: str | None = None
    """The partner that it is given to."""
    purposes: list[str]
    """What the data may be used for."""
    expires_at: Instant | None = None
    """When it ends by itself."""


class RecordReadData(EventData):
    """Data of a resident were read; the resident sees the same in the access log."""

    access_id: UUID
    """The entry of the access log."""
    resident_id: UUID
    """Whose data."""
    service: str
    """The service that showed them."""
    role: str
    """The role of the reader."""
    unit_code: str | None = None
    """The unit of the reader."""
    action: str
    """What was read."""
    purpose: str | None = None
    """The purpose that the reader named."""
    legal_basis: str | None = None
    """The legal basis that was named."""
    fields: list[str]
    """Names of the fields, never their values."""


class SessionScheduledData(EventData):
    """A session (hội nghị, tập huấn, ngày hội) is planned, was moved or was cancelled."""

    session_id: UUID
    """The session."""
    campaign_id: UUID
    """Its campaign."""
    unit_code: str
    """The unit that holds it."""
    kind: str
    """Its kind."""
    starts_at: Instant
    """When it begins."""
    ends_at: Instant | None = None
    """When it ends."""
    status: Literal["planned", "cancelled"]
    """Whether it takes place."""


class SubscriptionData(EventData):
    """A subscription of the partner that cannot be delivered to."""

    subscription_id: UUID
    """The subscription."""
    failing_since: Instant
    """The first failed attempt after the last success."""
    disables_at: Instant
    """When it is disabled unless an attempt succeeds."""
