"""Work done offline at the village cultural house: items as a device sends them, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.errors import Problem
from onboarding.model.declarations import StepDeclaration
from onboarding.model.observations import Observation
from onboarding.model.sessions import Attendee
from onboarding.model.visits import VisitOutcome

ApplyResult = Literal["applied", "unchanged", "refused"]
MOST_ITEMS = 500


@dataclass(frozen=True)
class PaidVisit:
    """A resident was visited."""

    outcome: VisitOutcome
    occurred_at: datetime


@dataclass(frozen=True)
class OfflineItem:
    """One item about one resident; `client_id` is the device's id of it."""

    client_id: str
    resident_id: UUID
    work: StepDeclaration | Observation | PaidVisit


@dataclass(frozen=True)
class OrganizationItem:
    """The provincial app of an organization."""

    client_id: str
    organization_id: UUID
    declaration: StepDeclaration


@dataclass(frozen=True)
class AttendanceEntry:
    """A person who came to a session."""

    client_id: str
    session_id: UUID
    attendee: Attendee


BatchItem = OfflineItem | OrganizationItem | AttendanceEntry


@dataclass(frozen=True)
class BatchItemResult:
    """What became of an item; a refused one carries the problem. `is_proposal`: an officer decides on the number."""

    client_id: str | None
    result: ApplyResult
    problem: Problem | None = None
    resident_id: UUID | None = None
    is_proposal: bool = False
