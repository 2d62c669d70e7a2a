"""The acts' log: decisions of people and what takes them back, kept for ever."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, text

ActName = Literal[
    "bill.cancelled", "bill.written_off", "bill.reopened", "payment.accepted", "payment.dismissed", "payment.reopened",
    "settlement_line.resolved", "settlement_line.reopened", "import.undone", "merchant.changed", "fee_merchant.withdrawn",
    "market_manager.ended", "code.revoked",
]  # fmt: skip
Subject = Literal["bill", "payment", "settlement_line", "import", "merchant", "unit", "market_manager", "qr_code"]


class Act(Table, table=True):
    """An act on an object; `before` is its state before, `unit_id` that of the merchant, null for a partner's settlement."""

    __tablename__ = "act"
    __table_args__ = (Index("ix_act_unit", "unit_id", "id"), Index("ix_act_about", "about_id", "id"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=aware())
    actor: str = Field(sa_type=text())
    role: str = Field(sa_type=text())
    act: str = Field(sa_type=text())
    about: str = Field(sa_type=text())
    about_id: UUID
    merchant_id: UUID | None = None
    unit_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=text())
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
