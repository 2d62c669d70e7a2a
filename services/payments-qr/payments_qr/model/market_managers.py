"""The manager of a market: a resident who looks after the stalls of one market of one unit, named by two officers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, text


class MarketManager(Table, table=True):
    """A naming: pending until a second officer confirms it, in force until it ends.

    A manager sees the stalls of the market, their codes and posters, and their sums; no single payment, no account holder.
    """

    __tablename__ = "market_manager"
    __table_args__ = (
        Index("ix_market_manager_resident", "resident_id", postgresql_where="ended_at IS NULL"),
        Index("ix_market_manager_unit", "unit_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID
    unit_code: str = Field(sa_type=text())
    market: str = Field(sa_type=text())
    resident_id: UUID
    named_by: str = Field(sa_type=text())
    named_at: datetime = Field(sa_type=aware())
    confirmed_by: str | None = Field(default=None, sa_type=text())
    confirmed_at: datetime | None = Field(default=None, sa_type=aware())
    ended_by: str | None = Field(default=None, sa_type=text())
    ended_at: datetime | None = Field(default=None, sa_type=aware())

    @property
    def status(self) -> str:
        if self.ended_at is not None:
            return "ended"
        return "pending" if self.confirmed_at is None else "active"
