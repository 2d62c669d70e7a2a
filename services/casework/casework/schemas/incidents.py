"""Request bodies and views of incidents."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints, model_validator

from casework.model.incidents import IncidentAction, IncidentDecision, IncidentStatus, NewIncident
from casework.schemas.dossiers import Code, Local, Note, Short, refuse_unused
from chassis.web.bodies import RequestBody
from chassis.web.past import PastInstant
from chassis.web.vocabulary import OneOf

System = Literal["portal", "one_stop", "app", "network"]
Severity = Literal["low", "normal", "high"]


class IncidentCreate(RequestBody):
    """A technical fault; without a unit it belongs to the reporter's own unit."""

    system: System
    unit_code: Code | None = None
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    description: Note = ""
    severity: Severity = "normal"
    occurred_at: PastInstant | None = None

    def to_incident(self) -> NewIncident:
        """The value that commands take."""
        return NewIncident(**self.model_dump())


class IncidentAct(RequestBody):
    """`assignee` goes with `assign`, `resolution` with `resolve`."""

    action: IncidentAction
    assignee: Short | None = None
    resolution: Note | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _has_only_what_the_action_takes(self) -> "IncidentAct":
        refuse_unused(self, self.action, {"assignee": "assign", "resolution": "resolve"})
        return self

    def to_decision(self) -> IncidentDecision:
        """The value that commands take."""
        return IncidentDecision(**self.model_dump())


class IncidentView(BaseModel):
    id: UUID
    unit_code: str
    system: Annotated[str, OneOf(System)]
    title: str
    description: str
    severity: Annotated[str, OneOf(Severity)]
    status: Annotated[str, OneOf(IncidentStatus)]
    assignee: str | None
    resolution: str | None
    occurred_at: Local
    reported_at: Local
    resolved_at: Local | None
    due_at: Local | None
    is_overdue: bool
    is_on_time: bool | None
    escalation: int
    legal_actions: list[Annotated[str, OneOf(IncidentAction)]]
