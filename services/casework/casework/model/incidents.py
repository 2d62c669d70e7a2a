"""Technical faults of the portal, the one-stop software, the app and the network (plans A III.2, B III.4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field

from casework.calendar import WorkingCalendar
from casework.model import Table
from chassis.security.encryption import CipherContext, decrypt, encrypt
from chassis.storage.database import aware


class IncidentStatus(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class IncidentAction(StrEnum):
    ASSIGN = "assign"
    RESOLVE = "resolve"
    REOPEN = "reopen"


@dataclass(frozen=True)
class NewIncident:
    """A fault as its reporter describes it; without a unit it belongs to the reporter's own unit."""

    system: str
    unit_code: str | None = None
    title: str = ""
    description: str = ""
    severity: str = "normal"
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class IncidentDecision:
    """One action on an incident: `assignee` goes with `assign`, `resolution` (or `note`) with `resolve`."""

    action: IncidentAction
    assignee: str | None = None
    resolution: str | None = None
    note: str | None = None


INCIDENT_TRANSITIONS: dict[tuple[IncidentStatus, IncidentAction], IncidentStatus] = {
    (IncidentStatus.OPEN, IncidentAction.ASSIGN): IncidentStatus.ASSIGNED,
    (IncidentStatus.OPEN, IncidentAction.RESOLVE): IncidentStatus.RESOLVED,
    (IncidentStatus.ASSIGNED, IncidentAction.ASSIGN): IncidentStatus.ASSIGNED,
    (IncidentStatus.ASSIGNED, IncidentAction.RESOLVE): IncidentStatus.RESOLVED,
    (IncidentStatus.RESOLVED, IncidentAction.REOPEN): IncidentStatus.OPEN,
}


@dataclass(frozen=True)
class IncidentTexts:
    """What people wrote of an incident; free texts may hold personal data, so they are stored encrypted."""

    title: str = ""
    description: str = ""
    resolution: str | None = None


TEXTS = CipherContext("casework", "incident", "texts")
_TEXTS = TypeAdapter(IncidentTexts)


class Incident(Table, table=True):
    """A technical fault met during the roll-out, and its handling; its texts are encrypted for this row."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_unit", "unit_id", "id"),
        Index("ix_incident_unencrypted", "id", postgresql_where="texts IS NULL"),
        Index("ix_incident_waiting", "due_at", postgresql_where="status <> 'resolved' AND escalation = 0"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    system: str = Field(sa_type=Text)
    title: str = Field(default="", sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    texts: bytes | None = Field(default=None, sa_type=LargeBinary)
    severity: str = Field(default="normal", sa_type=Text)
    status: str = Field(default=IncidentStatus.OPEN.value, sa_type=Text)
    assignee: str | None = Field(default=None, sa_type=Text)
    resolution: str | None = Field(default=None, sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    reported_at: datetime = Field(sa_type=aware())
    reported_by: str = Field(sa_type=Text)
    reporter_id: UUID | None = None
    due_at: datetime | None = Field(default=None, sa_type=aware())
    on_time: bool | None = None
    escalation: int = 0
    resolved_at: datetime | None = Field(default=None, sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def write(self, texts: IncidentTexts) -> None:
        """Encrypts the texts for this row; the columns in the clear, of rows of earlier releases, are emptied."""
        self.texts = encrypt(TEXTS, str(self.id), _TEXTS.dump_json(texts))
        self.title, self.description, self.resolution = "", "", None

    def read(self) -> IncidentTexts:
        """The decrypted texts."""
        if self.texts is None:
            return IncidentTexts(self.title, self.description, self.resolution)
        return _TEXTS.validate_json(decrypt(TEXTS, str(self.id), self.texts))

    def count_from(self, calendar: WorkingCalendar, at: datetime) -> None:
        """Starts the clock: at reporting, at reopening."""
        self.due_at = calendar.due_at(calendar.incidents[self.severity], at)
        self.on_time, self.escalation = None, 0

    def is_overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.status != IncidentStatus.RESOLVED and self.due_at is not None and self.due_at < now

    def state(self) -> dict[str, Any]:
        """The members of an `IncidentState`: what other services may know, without its texts."""
        return {
            "incident_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": self.unit_code,
            "system": self.system,
            "severity": self.severity,
            "status": self.status,
            "at": self.changed_at,
            "reported_at": self.reported_at,
            "due_at": self.due_at,
            "resolved_at": self.resolved_at,
            "is_on_time": self.on_time,
            "escalation": self.escalation,
            "reporter_id": self.reporter_id,
        }

    def legal(self) -> list[str]:
        """The actions that are possible now."""
        return [action.value for status, action in INCIDENT_TRANSITIONS if status == self.status]
