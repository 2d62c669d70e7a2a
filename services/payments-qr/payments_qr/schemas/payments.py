"""Request and response bodies of payments and settlements."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.errors import Language
from chassis.web.bodies import RequestBody
from payments_qr.model import Movement, Payment, Settlement, SettlementLine
from payments_qr.schemas.imports import FindingView
from payments_qr.uploads.tables import Rejection

PaymentStatus = Literal["settled", "reversed", "unmatched", "possible_duplicate"]


class PaymentView(BaseModel):
    """`outcome` is the reason of the status (see README)."""

    id: UUID
    status: PaymentStatus
    outcome: str
    amount: int
    refunded_amount: int
    merchant_id: UUID | None
    qr_code_id: UUID | None
    bill_id: UUID | None
    partner_id: str
    partner_reference: str
    settled_at: datetime
    reversed_at: datetime | None
    duplicate_of: UUID | None
    resolved_by: str | None
    resolved_at: datetime | None
    note: str | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        return cls.model_validate(payment.model_dump())


class MovementView(BaseModel):
    """A movement of the ledger; it never changes."""

    id: UUID
    """Id of the movement."""
    kind: Literal["settled", "refunded", "reversed", "written_off", "write_off_reopened"]
    """What happened."""
    amount: int
    """VND, signed: received plus, given back minus; a write-off plus, its reopening minus."""
    payment_id: UUID | None
    """The payment, null for a write-off."""
    bill_id: UUID | None
    """The bill, if it pays or concerns one."""
    business_day: date
    """The day on which it counts."""
    at: datetime
    """When it happened."""
    noted_by: str | None
    """Who wrote off or reopened."""
    note: str | None
    """Why."""

    @classmethod
    def of(cls, movement: Movement) -> Self:
        return cls.model_validate(movement.model_dump())


class MerchantTotal(BaseModel):
    """What a merchant received: sums of its movements."""

    merchant_id: UUID
    """The merchant."""
    name: str
    """Its name (tên điểm bán)."""
    market: str | None
    """Its market (chợ)."""
    counter: str | None
    """Its counter (quầy)."""
    count: int
    """Payments that were not given back whole."""
    amount: int
    """What is left of them, in VND."""


class MarketTotal(BaseModel):
    """What the stalls of a market received: sums of their movements."""

    market: str
    """The market (chợ)."""
    merchants: int
    """Stalls with payments."""
    count: int
    """Payments that were not given back whole."""
    amount: int
    """What is left of them, in VND."""


class DailySum(BaseModel):
    """Count and sum of the settled payments of a business day and category."""

    business_day: date
    category: str
    count: int
    amount: int


class Suggestion(BaseModel):
    """A code that an unmatched payment may have meant."""

    qr_code_id: UUID
    merchant_id: UUID
    bill_id: UUID | None
    reference: str | None
    amount: int | None
    why: Literal["reference", "amount"]


class PaymentResolution(RequestBody):
    """`accept` counts the payment (for the code or merchant that is named), `dismiss` excludes it from every sum."""

    action: Literal["accept", "dismiss"]
    merchant_id: UUID | None = None
    qr_code_id: UUID | None = None
    note: str = Field(min_length=1, max_length=500)


class SettlementView(BaseModel):
    id: UUID
    partner_id: str
    business_date: date
    rows: int
    sum: int
    has_control_line: bool
    matched: int
    missing_here: int
    missing_there: int
    amount_mismatch: int
    booked_another_day: int
    repeated: int
    taken_at: datetime
    warnings: list[FindingView]
    """Remarks about the file: columns that are not understood, rows that did not succeed."""

    @classmethod
    def of(cls, settlement: Settlement, language: Language) -> Self:
        """The view of a settlement; its remarks in a language."""
        warnings = [FindingView.of(Rejection(**one), language) for one in settlement.warnings]
        derived = {"rows": settlement.row_count, "sum": settlement.row_sum, "warnings": warnings}
        return cls.model_validate(settlement.model_dump() | derived)


class SettlementLineView(BaseModel):
    """`number` is the row in the file; null for a payment of ours that the file does not have."""

    id: UUID
    number: int | None
    kind: Literal["payment", "reversal"]
    partner_reference: str
    amount: int
    our_amount: int | None
    settled_at: datetime | None
    state: Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]
    payment_id: UUID | None
    resolution: str | None
    note: str | None
    resolved_by: str | None
    resolved_at: datetime | None

    @classmethod
    def of(cls, line: SettlementLine) -> Self:
        return cls.model_validate(line.model_dump())


class SettlementReport(SettlementView):
    """The figures with the lines that did not match (at most 200; all lines are under /lines)."""

    lines: list[SettlementLineView]


class LineResolution(RequestBody):
    resolution: Literal["partner_is_right", "we_are_right", "asked_partner", "accepted"]
    note: str = Field(min_length=1, max_length=500)


class Reopening(RequestBody):
    """Takes a decision back; `reason` stays with the item."""

    reason: str = Field(min_length=1, max_length=500)
