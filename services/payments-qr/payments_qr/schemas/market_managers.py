"""Bodies of market managers."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web.bodies import RequestBody
from payments_qr.model import MarketManager
from payments_qr.model.fields import Label


class MarketManagerCreate(RequestBody):
    """Names the manager of a market (ban quản lý chợ); a second officer confirms."""

    unit_code: str = Field(max_length=64)
    """The unit of the market (đơn vị)."""
    market: Label
    """The market (chợ), as in the stall list."""
    resident_id: UUID
    """The resident who manages it."""


class MarketManagerView(BaseModel):
    """A naming of a market's manager."""

    id: UUID
    """Id of the naming."""
    unit_code: str
    """The unit of the market."""
    market: str
    """The market (chợ)."""
    resident_id: UUID
    """The manager."""
    status: Literal["pending", "active", "ended"]
    """Whether it is in force."""
    named_by: str
    """Who named."""
    named_at: datetime
    """When."""
    confirmed_by: str | None
    """The second officer."""
    confirmed_at: datetime | None
    """When it was confirmed."""
    ended_at: datetime | None
    """When it ended."""

    @classmethod
    def of(cls, naming: MarketManager) -> Self:
        return cls.model_validate(naming.model_dump() | {"status": naming.status})
