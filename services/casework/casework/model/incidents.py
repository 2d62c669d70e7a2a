"""Technical faults of the portal, the one-stop software, the app and the network (plans A III.2, B III.4)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from casework.model import Table
from chassis.database import aware


class IncidentStatus(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class IncidentAction(StrEnum):
    ASSIGN = "assign"
    RESOLVE = "resolve"
    REOPEN = "reopen"


INCIDENT_TABLE: dict[tuple[IncidentStatus, IncidentAction], IncidentStatus] = {
    (IncidentStatus.OPEN, IncidentAction.ASSIGN): IncidentStatus.ASSIGNED,
    (IncidentStatus.OPEN, IncidentAction.RESOLVE): IncidentStatus.RESOLVED,
    (IncidentStatus.ASSIGNED, IncidentAction.ASSIGN): IncidentStatus.ASSIGNED,
    (IncidentStatus.ASSIGNED, IncidentAction.RESOLVE): IncidentStatus.RESOLVED,
    (IncidentStatus.RESOLVED, IncidentAction.REOPEN): IncidentStatus.OPEN,
}


class Incident(Table, table=True):
    """A fault that somebody met during the roll-out, and who deals with it."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_unit", "unit_id", "id"),)

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    system: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    severity: str = Field(default="normal", sa_type=Text)
    status: str = Field(default=IncidentStatus.OPEN.value, sa_type=Text)
    assignee: str | None = Field(default=None, sa_type=Text)
    resolution: str | None = Field(default=None, sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    reported_at: datetime = Field(sa_type=aware())
    reported_by: str = Field(sa_type=Text)
    resolved_at: datetime | None = Field(default=None, sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def legal(self) -> list[str]:
        """What can be done now."""
        return [action.value for status, action in INCIDENT_TABLE if status == self.status]
