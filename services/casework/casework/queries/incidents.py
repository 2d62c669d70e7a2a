"""Incidents as reporters, offices and operators may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from casework.model.incidents import Incident, IncidentStatus
from chassis.clock import now
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id


async def get_incident(session: ReadSession, caller: Caller, incident_id: UUID, *, lock: bool = False) -> Incident:
    """The incident if it is the caller's own or of the caller's units; else NotFound."""
    query = select(Incident).where(Incident.id == incident_id)
    incident = (await session.exec(query.with_for_update() if lock else query)).first()
    if incident is None:
        raise NotFound()
    if incident.reported_by != caller.account and not await covers(session, caller, incident.unit_id):
        raise NotFound()
    return incident


async def list_incidents(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None,
    system: str | None,
    status: str | None,
    overdue: bool | None,
) -> tuple[list[Incident], str | None]:
    """Incidents of an office's units; all for operators; one's own for other callers."""
    query = _visible(caller)
    if unit_code is not None:
        query = query.where(col(Incident.unit_id).in_(units_under(unit_code)))
    if system is not None:
        query = query.where(Incident.system == system)
    if status is not None:
        query = query.where(Incident.status == status)
    if overdue is not None:
        late = (col(Incident.status) != IncidentStatus.RESOLVED.value) & (func.coalesce(Incident.due_at, now()) < now())
        query = query.where(late if overdue else ~late)
    return await page_by_id(session, query, Incident.id, page)


async def list_late_incidents(session: ReadSession, at: datetime) -> Sequence[Incident]:
    """Faults whose deadline has passed and that were not escalated yet."""
    query = select(Incident).where(
        Incident.status != IncidentStatus.RESOLVED.value, Incident.escalation == 0, col(Incident.due_at) < at
    )
    return (await session.exec(query.limit(200).with_for_update(skip_locked=True))).all()


async def list_unencrypted(session: ReadSession) -> Sequence[Incident]:
    """Incidents whose texts an earlier release stored in the clear."""
    query = select(Incident).where(col(Incident.texts).is_(None)).order_by(col(Incident.id)).limit(200)
    return (await session.exec(query.with_for_update(skip_locked=True))).all()


def _visible(caller: Caller) -> Any:
    query = select(Incident)
    if caller.role in ("officer", "volunteer", "operator"):
        return scoped(query, caller, col(Incident.unit_id))
    return query.where(Incident.reported_by == caller.account)
