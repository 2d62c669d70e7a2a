"""Faults of the portal, the one-stop software, the app and the network: reported, assigned, resolved in time."""

from dataclasses import replace

from casework.calendar import WorkingCalendar, load_calendar
from casework.errors import IllegalAction
from casework.model.incidents import (
    INCIDENT_TRANSITIONS,
    Incident,
    IncidentAction,
    IncidentDecision,
    IncidentStatus,
    IncidentTexts,
    NewIncident,
)
from casework.queries.incidents import list_late_incidents, list_unencrypted
from casework.queries.people import commune_of, find_resident, get_organization
from casework.settings import get_settings
from chassis.clock import now
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.casework import IncidentChanged, IncidentReported


async def report_incident(session: Session, caller: Caller, reported: NewIncident) -> Incident:
    """Records a fault; officers and volunteers report within their units."""
    unit = await _unit(session, caller, reported)
    if caller.role in ("officer", "volunteer"):
        await require_unit(session, caller, unit.id, is_known=True)
    moment = now()
    incident = Incident(
        id=new_id(),
        unit_id=unit.id,
        unit_code=unit.code,
        system=reported.system,
        severity=reported.severity,
        occurred_at=reported.occurred_at or moment,
        reported_at=moment,
        reported_by=caller.account,
        reporter_id=caller.resident_id or caller.organization_id,
        changed_at=moment,
    )
    incident.write(IncidentTexts(reported.title, reported.description))
    incident.count_from(_calendar(), moment)
    session.add(incident)
    publish(session, IncidentReported(**incident.state()))
    return incident


async def _unit(session: Session, caller: Caller, reported: NewIncident) -> KnownUnit:
    """The unit named, else the reporter's own."""
    code = reported.unit_code or caller.unit_code
    if code is not None:
        return await unit_of_body(session, code)
    if caller.organization_id:
        organization = await get_organization(session, caller.organization_id)
        return await commune_of(session, organization.unit_id)
    resident = await find_resident(session, caller.resident_id) if caller.resident_id else None
    if resident is None:
        raise InvalidBody(errors=[_needed("/unit_code")])
    return await commune_of(session, resident.unit_id)


def act_on_incident(session: Session, incident: Incident, decision: IncidentDecision) -> None:
    """Assigns, resolves or reopens; 409 naming what is legal."""
    after = INCIDENT_TRANSITIONS.get((IncidentStatus(incident.status), decision.action))
    if after is None:
        raise IllegalAction(members={"legal": incident.legal()})
    if decision.action is IncidentAction.ASSIGN:
        if decision.assignee is None:
            raise InvalidBody(errors=[_needed("/assignee")])
        incident.assignee = decision.assignee
    incident.status = after.value
    incident.version += 1
    incident.changed_at = now()
    incident.resolved_at = incident.changed_at if decision.action is IncidentAction.RESOLVE else None
    resolution = (decision.resolution or decision.note) if decision.action is IncidentAction.RESOLVE else None
    incident.write(replace(incident.read(), resolution=resolution))
    if incident.resolved_at and incident.due_at:
        incident.on_time = incident.resolved_at <= incident.due_at
    if decision.action is IncidentAction.REOPEN:
        incident.count_from(_calendar(), incident.changed_at)
    publish(session, IncidentChanged(**incident.state()))


async def encrypt_old_texts(session: Session) -> int:
    """Encrypts the texts of incidents that an earlier release stored in the clear; how many."""
    rows = await list_unencrypted(session)
    for incident in rows:
        incident.write(incident.read())
    return len(rows)


async def escalate_incidents(session: Session) -> int:
    """Escalates, once, every fault whose deadline has passed; how many."""
    late = await list_late_incidents(session, now())
    for incident in late:
        incident.escalation += 1
        incident.version += 1
        incident.changed_at = now()
        publish(session, IncidentChanged(**incident.state()))
    return len(late)


def _calendar() -> WorkingCalendar:
    return load_calendar(get_settings().calendar_file)


def _needed(pointer: str) -> FieldError:
    return FieldError(pointer, "required", "Bắt buộc phải có.", "This is required.")
