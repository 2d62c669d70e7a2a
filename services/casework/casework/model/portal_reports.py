"""Status reports of portals about their dossiers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from casework.model import Table
from chassis.storage.database import aware


class PortalReport(Table, table=True):
    """One status report of a portal about a dossier; the state is computed from all reports in the order of their times."""

    __tablename__ = "portal_report"
    __table_args__ = (Index("ix_portal_report_dossier", "dossier_id", "occurred_at"),)

    partner_id: str = Field(primary_key=True, sa_type=Text)
    webhook_id: str = Field(primary_key=True, sa_type=Text)
    dossier_id: UUID
    occurred_at: datetime = Field(sa_type=aware())
    national_status: int
    unit_code: str = Field(sa_type=Text)
    channel: int
    received_at: datetime = Field(sa_type=aware())
    due_at: datetime | None = Field(default=None, sa_type=aware())
    finished_at: datetime | None = Field(default=None, sa_type=aware())
    fee_paid_online: bool | None = None
