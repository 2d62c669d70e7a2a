"""Request and response bodies of payments and settlements."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.errors import Language
from chassis.web.bodies import RequestBody
from chassis.web.imports import FindingView
from chassis.web.vocabulary import OneOf, one_of
from payments_qr.model import Movement, Payment, Settlement, SettlementLine
from payments_qr.model.matching import MatchOutcome
from payments_qr.uploads.tables import Rejection

PaymentStatus = Literal["settled", "reversed", "unmatched", "possible_duplicate"]


class PaymentView(BaseModel):
    """`outcome` is the reason of the status (see README)."""

    id: UUID
    """Its id."""
    status: PaymentStatus
    """Its state."""
    outcome: Annotated[str, OneOf(MatchOutcome)]
    """Reason of the status, see the list of outcomes."""
    amount: int
    """Amount in whole VND."""
    refunded_amount: int
    """What was given back of it, in VND."""
    merchant_id: UUID | None
    """The merchant."""
    qr_code_id: UUID | None
    """The code."""
    bill_id: UUID | None
    """The bill; of several the oldest, the others are in its movements."""
    partner_id: str
    """The partner."""
    partner_reference: str
    """Its number at the partner (mã giao dịch)."""
    settled_at: datetime
    """When it was paid."""
    reversed_at: datetime | None
    """When it was given back whole."""
    duplicate_of: UUID | None
    """The payment that it probably repeats."""
    resolved_by: str | None
    """Who decided."""
    resolved_at: datetime | None
    """When it was decided."""
    note: str | None
    """The reason that was given."""

    @classmethod
    def of(cls, payment: Payment) -> Self:
        return cls.model_validate(payment.model_dump())


class MovementView(BaseModel):
    """A movement of the ledger; it never changes."""

    id: UUID
    """Id of the movement."""
    kind: Literal["settled", "refunded", "reversed", "allocated", "written_off", "write_off_reopened"]
    """What happened. `allocated` is the part of a payment for several bills that this bill has (phân bổ)."""
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
    """Count and sum of the settled payments of a local date and category."""

    business_day: date
    """The day in Vietnam."""
    category: Annotated[str, one_of("merchant-categories")]
    """What it is: a stall, a shop, an electricity, water or public-service point (loại điểm bán)."""
    count: int
    """Number of payments."""
    amount: int
    """Amount in whole VND."""


class Suggestion(BaseModel):
    """A code that an unmatched payment may have meant."""

    qr_code_id: UUID
    """The code."""
    merchant_id: UUID
    """The merchant."""
    bill_id: UUID | None
    """The bill."""
    reference: str | None
    """Reference by which a payment is matched (mã tham chiếu)."""
    amount: int | None
    """Amount in whole VND."""
    period: str | None = None
    """Month of its bill, `YYYY-MM` (kỳ hóa đơn)."""
    why: Literal["customer", "reference", "amount"]
    """What it has in common with the payment: the customer's code in the memo, the reference, or the amount."""


class PaymentResolution(RequestBody):
    """`accept` counts the payment (for the code, the bills or the merchant that is named), `dismiss` excludes it from every
    sum."""

    action: Literal["accept", "dismiss"]
    """What is decided."""
    merchant_id: UUID | None = None
    """The merchant."""
    qr_code_id: UUID | None = None
    """The code."""
    bill_ids: list[UUID] = Field(default=[], max_length=24)
    """Instead of one code: unpaid bills of one merchant, whose remaining sums are the amount of the payment."""
    note: str = Field(min_length=1, max_length=500)
    """The reason that was given."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.bill_ids and self.qr_code_id is not None:
            raise PydanticCustomError(
                "one-way", "Name one code or several bills.", {"vi": "Chỉ nêu một mã QR hoặc các hóa đơn."}
            )
        return self


class SettlementView(BaseModel):
    id: UUID
    """Its id."""
    partner_id: str
    """The partner."""
    business_date: date
    """The day that the file is for."""
    rows: int
    """Transactions of the file."""
    sum: int
    """Payments minus reversals of the file, in VND."""
    our_sum: int
    """What the recorded movements that were compared add up to, in VND."""
    difference: int
    """`sum` minus `our_sum`: 0 when the books agree."""
    has_control_line: bool
    """Whether the file states its count or sum."""
    matched: int
    """Rows that agree with the record."""
    missing_here: int
    """Rows that are not recorded here."""
    missing_there: int
    """Recorded movements that the file lacks."""
    amount_mismatch: int
    """Rows with another amount than recorded."""
    booked_another_day: int
    """Movements that another day's file has."""
    repeated: int
    """Rows that an earlier file of the day had."""
    taken_at: datetime
    """When the file came."""
    warnings: list[FindingView]
    """Remarks about the file: columns that are not understood, rows that did not succeed."""

    @classmethod
    def of(cls, settlement: Settlement, our_sum: int, language: Language) -> Self:
        """The view of a settlement; its remarks in a language."""
        warnings = [FindingView.of(Rejection(**one), language) for one in settlement.warnings]
        derived: dict[str, Any] = {"rows": settlement.row_count, "sum": settlement.row_sum, "warnings": warnings}
        derived |= {"our_sum": our_sum, "difference": settlement.row_sum - our_sum}
        return cls.model_validate(settlement.model_dump() | derived)


class SettlementLineView(BaseModel):
    """`number` is the row in the file; null for a payment of ours that the file does not have."""

    id: UUID
    """Its id."""
    number: int | None
    """Row of the file."""
    kind: Literal["payment", "reversal"]
    """Its kind."""
    partner_reference: str
    """Its number at the partner (mã giao dịch)."""
    amount: int
    """Amount in whole VND."""
    our_amount: int | None
    """The recorded amount in VND."""
    settled_at: datetime | None
    """When it was paid."""
    state: Literal["matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day"]
    """Result of the comparison."""
    payment_id: UUID | None
    """The payment."""
    resolution: str | None
    """How it was decided."""
    note: str | None
    """The reason that was given."""
    resolved_by: str | None
    """Who decided."""
    resolved_at: datetime | None
    """When it was decided."""

    @classmethod
    def of(cls, line: SettlementLine) -> Self:
        return cls.model_validate(line.model_dump())


class SettlementReport(SettlementView):
    """The figures with the lines that did not match (at most 200; all lines are under /lines)."""

    lines: list[SettlementLineView]
    """The lines that did not match."""


class LineResolution(RequestBody):
    resolution: Literal["partner_is_right", "we_are_right", "asked_partner", "accepted"]
    """How it was decided."""
    note: str = Field(min_length=1, max_length=500)
    """The reason that was given."""


class Reopening(RequestBody):
    """Takes a decision back; `reason` stays with the item."""

    reason: str = Field(min_length=1, max_length=500)
    """Why it has this state."""
