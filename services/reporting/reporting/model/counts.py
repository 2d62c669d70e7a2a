"""The projections: the state of each counted entity, and what all of them count, by unit and day.

Every row belongs to a version of the projections: one is live, another may be built beside it. A count on a day is its
value on the version's base day, with the changes between the two days added or taken away; so today's numbers cost by
units and counters, and never by residents. Sums of units with others below them are kept beside, for today's tree and
the one before it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from chassis.storage.database import aware
from reporting.model.table import Table

__all__ = ["CountAtBase", "CountOnDay", "EntityState", "Projection", "TotalAtBase", "TotalOnDay", "UnitChange"]


class Projection(Table, table=True):
    """A version of the projections: `building`, `live` (exactly one) or `retired`.

    `totals_tree` is the version of the tree by which its sums were made, for the tree generations that begin on `totals_tiers`.
    """

    __tablename__ = "projection"
    __table_args__ = (Index("uq_projection_live", "state", unique=True, postgresql_where="state = 'live'"),)

    version: int = Field(primary_key=True)
    state: str = Field(sa_type=Text)
    base_day: date
    started_at: datetime = Field(sa_type=aware())
    live_since: datetime | None = Field(default=None, sa_type=aware())
    totals_tree: int = Field(default=-1, sa_type=BigInteger)
    totals_tiers: list[date] = Field(default=[], sa_type=ARRAY(Date))


class EntityState(Table, table=True):
    """The state of one counted entity; `id` is its id, or the name of a source."""

    __tablename__ = "subject"

    version: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    state: dict[str, Any] = Field(sa_type=JSONB)


class CountOnDay(Table, table=True):
    """How much a counter of a unit itself (not of those below) changes on a day."""

    __tablename__ = "count_on_day"
    __table_args__ = (Index("ix_count_on_day_day", "version", "unit_id", "day"),)

    version: int = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    counter: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    change: int = Field(sa_type=BigInteger)


class CountAtBase(Table, table=True):
    """The value of a counter of a unit itself at the end of the version's base day."""

    __tablename__ = "count_at_base"

    version: int = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    counter: str = Field(primary_key=True, sa_type=Text)
    value: int = Field(sa_type=BigInteger)


class TotalOnDay(Table, table=True):
    """How much a counter of a unit and of all below it changes on a day, in the tree that begins on `tier`."""

    __tablename__ = "total_on_day"
    __table_args__ = (Index("ix_total_on_day_day", "version", "tier", "unit_id", "day"),)

    version: int = Field(primary_key=True)
    tier: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    counter: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    change: int = Field(sa_type=BigInteger)


class TotalAtBase(Table, table=True):
    """The value of a counter of a unit and of all below it on the base day, in the tree that begins on `tier`."""

    __tablename__ = "total_at_base"

    version: int = Field(primary_key=True)
    tier: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    counter: str = Field(primary_key=True, sa_type=Text)
    value: int = Field(sa_type=BigInteger)


class UnitChange(Table, table=True):
    """When something of a unit or of one below it was last counted."""

    __tablename__ = "unit_change"

    version: int = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=aware())
