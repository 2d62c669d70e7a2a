"""Request and response bodies of bills and customer codes."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel

from chassis.clock import today
from chassis.web.bodies import Day, RequestBody
from payments_qr.model import Bill, UtilityAccount
from payments_qr.model.bills import BillProof, BillTerms
from payments_qr.model.fields import Amount, CustomerCode, Period, plausible_day

BillStatus = Literal["unpaid", "overdue", "paid", "cancelled"]
AccountStatus = Literal["pending", "confirmed"]


class BillCreate(RequestBody):
    merchant_id: UUID
    customer_code: CustomerCode
    period: Period
    amount: Amount
    due_on: Annotated[Day, AfterValidator(plausible_day)]

    def terms(self) -> BillTerms:
        return BillTerms(self.customer_code, self.period, self.amount, self.due_on)


class BillView(BaseModel):
    id: UUID
    merchant_id: UUID
    customer_code: str
    period: str
    amount: int
    paid_amount: int
    refunded_amount: int
    due_on: date
    status: BillStatus
    qr_code_id: UUID | None
    dossier_id: UUID | None
    paid_at: datetime | None

    @classmethod
    def of(cls, bill: Bill) -> Self:
        """The view of a bill on today's date."""
        return cls.model_validate(bill.model_dump() | {"status": bill.status_on(today())})


class RecentBill(RequestBody):
    """Period and amount of a bill of the last year, as printed on it."""

    period: Period
    amount: Amount


class UtilityAccountCreate(RequestBody):
    """`recent_bill` proves the customer code at once; without it the supplier's point confirms."""

    merchant_id: UUID
    customer_code: CustomerCode
    recent_bill: RecentBill | None = None

    def proof(self) -> BillProof | None:
        return BillProof(self.recent_bill.period, self.recent_bill.amount) if self.recent_bill else None


class UtilityAccountView(BaseModel):
    id: UUID
    resident_id: UUID
    merchant_id: UUID
    customer_code: str
    status: AccountStatus
    linked_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, account: UtilityAccount) -> Self:
        return cls.model_validate(account.model_dump() | {"status": account.status})
