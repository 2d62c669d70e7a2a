"""Events of payments-qr: merchants, codes, payments, bills. Amounts are integers of VND."""

from typing import ClassVar, Literal

from contracts import topics
from contracts.event import Code, Event, Id, Instant, date

Category = Literal["market_stall", "shop", "electricity", "water", "public_service"]
MerchantStatus = Literal["submitted", "active", "rejected", "suspended", "closed"]


class MerchantState(Event):
    """A merchant as it stands now; `has_qr` is whether a usable static or external code exists."""

    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    category: Category
    status: MerchantStatus
    provider: str
    at: Instant
    has_qr: bool = False
    owner_resident_id: Id | None = None
    owner_organization_id: Id | None = None


class MerchantRegistered(MerchantState):
    """A merchant was submitted for verification."""

    topic: ClassVar[str] = topics.MERCHANTS
    type: ClassVar[str] = "vn.bakhong.merchant.registered.v1"


class MerchantActivated(MerchantState):
    """The provider or a second officer verified the merchant: codes may be issued."""

    topic: ClassVar[str] = topics.MERCHANTS
    type: ClassVar[str] = "vn.bakhong.merchant.activated.v1"


class MerchantSuspended(MerchantState):
    """The merchant may not issue codes now."""

    topic: ClassVar[str] = topics.MERCHANTS
    type: ClassVar[str] = "vn.bakhong.merchant.suspended.v1"


class MerchantUpdated(MerchantState):
    """Anything else about the merchant changed: rejected, closed, moved, first code."""

    topic: ClassVar[str] = topics.MERCHANTS
    type: ClassVar[str] = "vn.bakhong.merchant.updated.v1"


class QrIssued(Event):
    """A code exists. For a dossier's fee `dossier_id` and `bill_id` name them."""

    topic: ClassVar[str] = topics.MERCHANTS
    type: ClassVar[str] = "vn.bakhong.qr.issued.v1"
    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    qr_code_id: Id
    unit_id: Id
    unit_code: Code
    category: Category
    kind: Literal["static", "dynamic", "external"]
    at: Instant
    amount: int | None = None
    bill_id: Id | None = None
    dossier_id: Id | None = None
    expires_at: Instant | None = None


class FeeUncollectable(Event):
    """No active public-service merchant serves the unit: the dossier's fee is paid at the counter."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.fee.uncollectable.v1"
    key_field: ClassVar[str] = "dossier_id"

    dossier_id: Id
    unit_id: Id
    unit_code: Code
    at: Instant
    reason: str


class PaymentSettled(Event):
    """A partner reported a payment. `counted` is false for a possible duplicate."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.payment.settled.v1"
    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    payment_id: Id
    unit_id: Id
    unit_code: Code
    category: Category
    amount: int
    settled_at: Instant
    business_day: date
    counted: bool = True
    bill_id: Id | None = None
    dossier_id: Id | None = None
    partner_id: str | None = None
    """The partner that reported it."""


class PaymentUnmatched(Event):
    """A partner reported a payment that fits no code or no merchant; it waits for a decision."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.payment.unmatched.v1"
    key_field: ClassVar[str] = "payment_id"

    payment_id: Id
    partner_id: str
    merchant_id: Id | None = None
    amount: int
    settled_at: Instant
    at: Instant


class PaymentReversed(Event):
    """A settled payment was taken back, whole; `business_day` is the day on which it had been counted."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.payment.reversed.v1"
    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    payment_id: Id
    unit_id: Id
    unit_code: Code
    category: Category
    amount: int
    reversed_at: Instant
    business_day: date
    bill_id: Id | None = None
    dossier_id: Id | None = None
    partner_id: str | None = None
    """The partner that reported the payment."""


class PaymentRefunded(Event):
    """A part of a settled payment was given back; `refunded_amount` is all that was given back of it until now."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.payment.refunded.v1"
    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    payment_id: Id
    unit_id: Id
    unit_code: Code
    category: Category
    amount: int
    refunded_amount: int
    refunded_at: Instant
    business_day: date
    bill_id: Id | None = None
    dossier_id: Id | None = None


class BillPaid(Event):
    """A bill is paid in full; a dossier's fee is a bill with `dossier_id`."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.bill.paid.v1"
    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    bill_id: Id
    payment_id: Id
    unit_id: Id
    unit_code: Code
    amount: int
    paid_at: Instant
    dossier_id: Id | None = None


class BillState(Event):
    """A bill as it stands now. `resident_ids`: its payers, by confirmed customer codes or as applicants; no other data of them.

    `remaining` is what is still due; `period` is `YYYY-MM`.
    """

    key_field: ClassVar[str] = "merchant_id"

    merchant_id: Id
    bill_id: Id
    unit_id: Id
    unit_code: Code
    category: Category
    period: str
    amount: int
    remaining: int
    due_on: date
    at: Instant
    resident_ids: list[Id] = []
    qr_code_id: Id | None = None
    dossier_id: Id | None = None


class BillIssued(BillState):
    """A bill exists, or has another amount or due date."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.bill.issued.v1"


class BillReminded(BillState):
    """A bill is due in `days_left` days, or (negative) has been due for as many, and is not paid."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.bill.reminded.v1"

    days_left: int


class BillCancelled(BillState):
    """Nothing is due any more: the bill was cancelled or written off, or its fee was taken at the counter or waived."""

    topic: ClassVar[str] = topics.PAYMENTS
    type: ClassVar[str] = "vn.bakhong.bill.cancelled.v1"
