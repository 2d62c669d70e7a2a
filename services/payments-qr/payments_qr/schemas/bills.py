"""Bodies about bills and customer codes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from payments_qr.schemas.fields import Amount, CustomerCode, Period

BillStatus = Literal["unpaid", "overdue", "paid", "cancelled"]


class BillCreate(BaseModel):
    merchant_id: UUID
    customer_code: CustomerCode
    period: Period
    amount: Amount
    due_on: date


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


class UtilityAccountCreate(BaseModel):
    merchant_id: UUID
    customer_code: CustomerCode


class UtilityAccountView(BaseModel):
    id: UUID
    resident_id: UUID
    merchant_id: UUID
    customer_code: str
    linked_at: datetime
