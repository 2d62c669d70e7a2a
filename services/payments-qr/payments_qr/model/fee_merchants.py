"""The fee merchant of a unit: the public_service merchant that receives the fees of the unit's dossiers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, text


class FeeMerchant(Table, table=True):
    """A naming: pending until a second officer confirms it, in force until it ends. At most one of each per unit.

    It ends when it is withdrawn or replaced, or when owner, unit, category, provider or account of the merchant change:
    two officers have agreed on exactly this receiver.
    """

    __tablename__ = "fee_merchant"
    __table_args__ = (
        Index(
            "uq_fee_merchant_pending",
            "unit_id",
            unique=True,
            postgresql_where="confirmed_at IS NULL AND ended_at IS NULL",
        ),
        Index(
            "uq_fee_merchant_confirmed",
            "unit_id",
            unique=True,
            postgresql_where="confirmed_at IS NOT NULL AND ended_at IS NULL",
        ),
        Index("ix_fee_merchant_merchant", "merchant_id", postgresql_where="ended_at IS NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID
    merchant_id: UUID = Field(foreign_key="merchant.id")
    named_by: str = Field(sa_type=text())
    named_at: datetime = Field(sa_type=aware())
    confirmed_by: str | None = Field(default=None, sa_type=text())
    confirmed_at: datetime | None = Field(default=None, sa_type=aware())
    ended_by: str | None = Field(default=None, sa_type=text())
    ended_at: datetime | None = Field(default=None, sa_type=aware())
    reason: str | None = Field(default=None, sa_type=text())

    @property
    def is_pending(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None

    def end(self, by: str, at: datetime, reason: str) -> None:
        self.ended_by, self.ended_at, self.reason = by, at, reason
