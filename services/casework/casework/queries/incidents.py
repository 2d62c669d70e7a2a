"""Incidents as reporters, offices and operators may see them."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from casework.model.incidents import Incident
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.http import Page, page_by_id
from chassis.identity import Caller
from chassis.scope import covers, scoped, units_under


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
    session: ReadSession, caller: Caller, page: Page, *, unit_code: str | None, system: str | None, status: str | None
) -> tuple[list[Incident], str | None]:
    """Incidents of an office's units, all for operators, one's own for everybody else."""
    query = _visible(caller)
    if unit_code is not None:
        query = query.where(col(Incident.unit_id).in_(units_under(unit_code)))
    if system is not None:
        query = query.where(Incident.system == system)
    if status is not None:
        query = query.where(Incident.status == status)
    return await page_by_id(session, query, Incident.id, page)


def _visible(caller: Caller) -> Any:
    query = select(Incident)
    if caller.role in ("officer", "volunteer", "operator"):
        return scoped(query, caller, col(Incident.unit_id))
    return query.where(Incident.reported_by == caller.account)
