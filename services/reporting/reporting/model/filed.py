"""What does not change any more: filed reports, the counts known at the end of a day, the counts of other services."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.storage.database import aware
from reporting.model.table import Table

__all__ = ["AnnouncedCount", "FiledReport", "Snapshot"]


class FiledReport(Table, table=True):
    """A copy of the figures as they stood when a unit filed its report."""

    __tablename__ = "filed_report"

    id: UUID = Field(primary_key=True)
    filing_id: UUID = Field(unique=True)
    campaign_id: UUID | None = None
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    period: str | None = Field(default=None, sa_type=Text)
    as_of: date
    filed_on: date
    frozen_at: datetime = Field(sa_type=aware())
    figures: dict[str, Any] = Field(sa_type=JSONB)


class Snapshot(Table, table=True):
    """The counts of a unit and all below it as they were known at the end of a day."""

    __tablename__ = "snapshot"

    unit_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=aware())
    counts: dict[str, Any] = Field(sa_type=JSONB)


class AnnouncedCount(Table, table=True):
    """The last count of a service in its own tables, of a unit itself; `projected` is what was counted here at that moment."""

    __tablename__ = "announced_count"

    service: str = Field(primary_key=True, sa_type=Text)
    unit_code: str = Field(primary_key=True, sa_type=Text)
    indicator: str = Field(primary_key=True, sa_type=Text)
    count: int = Field(sa_type=BigInteger)
    projected: int = Field(sa_type=BigInteger)
    taken_at: datetime = Field(sa_type=aware())
