"""The ledger: every movement of money that counts, and every debt that is written off. All sums are sums of movements."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, money, text


class MovementKind(StrEnum):
    """`settled`, `refunded`, `reversed` move money; `allocated` is the part of it that a bill has, where a payment pays several
    bills; `written_off` and `write_off_reopened` move only what is due."""

    SETTLED = "settled"
    REFUNDED = "refunded"
    REVERSED = "reversed"
    ALLOCATED = "allocated"
    WRITTEN_OFF = "written_off"
    WRITE_OFF_REOPENED = "write_off_reopened"


MONEY = frozenset({MovementKind.SETTLED, MovementKind.REFUNDED, MovementKind.REVERSED})


class Movement(Table, table=True):
    """A movement, never changed or deleted. `amount` is signed VND: what a merchant receives is plus, what it gives back minus.

    `business_day` is that of the payment, also for what is given back later, so that a day's sum is what is left of it. A
    payment that is given back whole has its last part as `reversed`; a write-off is plus, its reopening minus. Money of a
    payment for several bills names no bill: its allocations do, plus when paid and minus when given back.
    """

    __tablename__ = "movement"
    __table_args__ = (
        Index("ix_movement_payment", "payment_id", postgresql_where="payment_id IS NOT NULL"),
        Index("ix_movement_bill", "bill_id", postgresql_where="bill_id IS NOT NULL"),
        Index("ix_movement_merchant", "merchant_id", "business_day"),
        Index("ix_movement_unit", "unit_id", "business_day"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(sa_type=text())
    amount: int = Field(sa_type=money())
    merchant_id: UUID = Field(foreign_key="merchant.id")
    unit_id: UUID
    payment_id: UUID | None = None
    bill_id: UUID | None = None
    business_day: date
    at: datetime = Field(sa_type=aware())
    booked_at: datetime = Field(sa_type=aware())
    noted_by: str | None = Field(default=None, sa_type=text())
    note: str | None = Field(default=None, sa_type=text())
