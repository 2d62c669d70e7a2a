"""Request and response bodies of bills and customer codes."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.clock import today
from payments_qr.model import Bill, UtilityAccount
from payments_qr.model.bills import BillTerms
from payments_qr.model.fields import Amount, CustomerCode, Period

BillStatus = Literal["unpaid", "overdue", "paid", "cancelled"]


class BillCreate(BaseModel):
    merchant_id: UUID
    customer_code: CustomerCode
    period: Period
    amount: Amount
    due_on: date

    def terms(self) -> BillTerms:
        return BillTerms(self.customer_code, self.period, self.amount, self.due_on)


class BillView(BaseModel):
    id: UUID
    merchant_id: UUID
    customer_code: str
    period: str
    amount: int
    paid_amount: int
    due_on: date
    status: BillStatus
    qr_code_id: UUID | None
    dossier_id: UUID | None
    paid_at: datetime | None

    @classmethod
    def of(cls, bill: Bill) -> Self:
        """The view of a bill on today's date."""
        return cls.model_validate(bill.model_dump() | {"status": bill.status_on(today())})


class UtilityAccountCreate(BaseModel):
    merchant_id: UUID
    customer_code: CustomerCode


class UtilityAccountView(BaseModel):
    id: UUID
    resident_id: UUID
    merchant_id: UUID
    customer_code: str
    linked_at: datetime

    @classmethod
    def of(cls, account: UtilityAccount) -> Self:
        return cls.model_validate(account.model_dump())
