"""Work done offline at the village cultural house: items as a device sends them, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.errors import Problem
from onboarding.model.declarations import Declaration
from onboarding.model.observations import Observation
from onboarding.model.visits import Outcome

Result = Literal["applied", "unchanged", "refused"]
MOST_ITEMS = 500


@dataclass(frozen=True)
class VisitPaid:
    """Somebody went to see a resident."""

    outcome: Outcome
    occurred_at: datetime


@dataclass(frozen=True)
class OfflineItem:
    """One item about one resident; `client_id` is the device's own name for it."""

    client_id: str
    resident_id: UUID
    work: Declaration | Observation | VisitPaid


@dataclass(frozen=True)
class Answered:
    """What became of an item; a refused one says why."""

    client_id: str | None
    result: Result
    problem: Problem | None = None
