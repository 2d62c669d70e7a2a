"""Request and response bodies of bills and customer codes."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from chassis.clock import today
from chassis.web.bodies import Day, RequestBody
from payments_qr.model import Bill, UtilityAccount
from payments_qr.model.bills import BillProof, BillTerms
from payments_qr.model.fields import Amount, CustomerCode, Period, plausible_day

BillStatus = Literal["unpaid", "overdue", "paid", "cancelled", "written_off", "paid_at_counter"]
AccountStatus = Literal["pending", "confirmed"]


class BillCreate(RequestBody):
    merchant_id: UUID
    """The merchant."""
    customer_code: CustomerCode
    """The customer's code at the supplier (mã khách hàng)."""
    period: Period
    """Month of the bill, `YYYY-MM` (kỳ hóa đơn)."""
    amount: Amount
    """Amount in whole VND."""
    due_on: Annotated[Day, AfterValidator(plausible_day)]
    """Last day of payment (hạn thanh toán)."""

    def terms(self) -> BillTerms:
        return BillTerms(self.customer_code, self.period, self.amount, self.due_on)


class BillView(BaseModel):
    """A bill. `remaining` is what is still due; `paid_amount`, `refunded_amount` and `written_off_amount` are sums of
    its movements."""

    id: UUID
    """Id of the bill."""
    merchant_id: UUID
    """The merchant that receives the money."""
    customer_code: str
    """The customer's code at the supplier (mã khách hàng)."""
    period: str
    """Month of the bill, `YYYY-MM` (kỳ hóa đơn)."""
    amount: int
    """Amount of the bill in VND."""
    paid_amount: int
    """What its payments have left after refunds, in VND."""
    refunded_amount: int
    """What was given back of its payments, in VND."""
    written_off_amount: int
    """What is not collected any more, in VND (xóa nợ)."""
    remaining: int
    """What is still due, in VND."""
    due_on: date
    """Last day of payment (hạn thanh toán)."""
    status: BillStatus
    """State of the bill on this day. A dossier's fee that the office took in cash is `paid_at_counter` (thu tại quầy)."""
    qr_code_id: UUID | None
    """The code that pays this bill."""
    dossier_id: UUID | None
    """The dossier whose fee it is."""
    paid_at: datetime | None
    """When it was paid in full, online or at the counter."""

    @classmethod
    def of(cls, bill: Bill) -> Self:
        """The view of a bill on today's date."""
        return cls.model_validate(bill.model_dump() | {"status": bill.status_on(today()), "remaining": bill.remaining})


class BillDecision(RequestBody):
    """A write-off, or its reopening."""

    reason: str = Field(min_length=1, max_length=500)
    """Why; it stays with the movement."""


class RecentBill(RequestBody):
    """Period and amount of a bill of the last year, as printed on it."""

    period: Period
    """Month of the bill, `YYYY-MM` (kỳ hóa đơn)."""
    amount: Amount
    """Amount in whole VND."""


class UtilityAccountCreate(RequestBody):
    """`recent_bill` proves the customer code at once; without it the supplier's point confirms."""

    merchant_id: UUID
    """The merchant."""
    customer_code: CustomerCode
    """The customer's code at the supplier (mã khách hàng)."""
    recent_bill: RecentBill | None = None
    """A bill that proves the code at once."""

    def proof(self) -> BillProof | None:
        return BillProof(self.recent_bill.period, self.recent_bill.amount) if self.recent_bill else None


class UtilityAccountView(BaseModel):
    id: UUID
    """Its id."""
    resident_id: UUID
    """The resident."""
    merchant_id: UUID
    """The merchant."""
    customer_code: str
    """The customer's code at the supplier (mã khách hàng)."""
    status: AccountStatus
    """Its state."""
    linked_at: datetime
    """When it was linked."""
    confirmed_at: datetime | None
    """When it was confirmed."""

    @classmethod
    def of(cls, account: UtilityAccount) -> Self:
        return cls.model_validate(account.model_dump() | {"status": account.status})
