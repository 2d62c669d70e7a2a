"""Settlement files of partners, compared with the recorded payments line by line."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, digest, money, text


class Settlement(Table, table=True):
    """One file of one partner for one local date (Asia/Ho_Chi_Minh)."""

    __tablename__ = "settlement"
    __table_args__ = (
        Index("uq_settlement_file", "partner_id", "business_date", "file_hash", unique=True),
        Index("ix_settlement_day", "business_date", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(sa_type=text())
    business_date: date
    file_hash: bytes = Field(sa_type=digest())
    row_count: int
    row_sum: int = Field(sa_type=money())
    has_control_line: bool
    matched: int = 0
    missing_here: int = 0
    missing_there: int = 0
    amount_mismatch: int = 0
    booked_another_day: int = 0
    repeated: int = 0
    warnings: list[Any] = Field(default_factory=list, sa_type=JSONB)
    taken_by: str = Field(sa_type=text())
    taken_at: datetime = Field(sa_type=aware())


class SettlementLine(Table, table=True):
    """A row of the file, or a recorded payment that the file lacks (`missing_there`, without a number)."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        Index("ix_settlement_line_settlement", "settlement_id", "id"),
        Index("ix_settlement_line_reference", "partner_reference"),
        Index("ix_settlement_line_payment", "payment_id", postgresql_where="payment_id IS NOT NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    settlement_id: UUID = Field(foreign_key="settlement.id")
    number: int | None = None
    kind: str = Field(sa_type=text())
    partner_reference: str = Field(sa_type=text())
    amount: int = Field(sa_type=money())
    our_amount: int | None = Field(default=None, sa_type=money())
    settled_at: datetime | None = Field(default=None, sa_type=aware())
    state: str = Field(sa_type=text())
    payment_id: UUID | None = None
    resolution: str | None = Field(default=None, sa_type=text())
    note: str | None = Field(default=None, sa_type=text())
    resolved_by: str | None = Field(default=None, sa_type=text())
    resolved_at: datetime | None = Field(default=None, sa_type=aware())
