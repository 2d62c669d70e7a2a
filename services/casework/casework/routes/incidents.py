"""Incidents of the portal, the one-stop software, the app and the network."""

from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse

from casework.commands import incidents as commands
from casework.model.incidents import Incident, IncidentStatus
from casework.queries import incidents as queries
from casework.schemas.incidents import IncidentAct, IncidentCreate, IncidentView
from chassis.clock import now
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)

router = transactional_router(tags=["incidents"])

AnyCaller = Annotated[Caller, allow("resident", "organization", "volunteer", "officer", "operator", level=1)]


@router.post("/v1/incidents", status_code=201)
@personal_answer()
async def create_incident(body: IncidentCreate, session: Transaction, *, caller: AnyCaller) -> IncidentView:
    """Reports a technical fault."""
    incident = await commands.report_incident(session, caller, body.to_incident())
    answer: JSONResponse = created(_view(incident), f"/v1/incidents/{incident.id}", version=incident.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/incidents")
async def list_incidents(
    session: Reading,
    page: PageQuery,
    unit_code: str | None = None,
    system: Literal["portal", "one_stop", "app", "network"] | None = None,
    status: IncidentStatus | None = None,
    overdue: bool | None = None,
    *,
    caller: AnyCaller,
) -> Listed[IncidentView]:
    """Incidents of an office's units; all for operators; one's own for other callers."""
    if unit_code is not None and caller.role in ("officer", "volunteer"):
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await queries.list_incidents(
        session, caller, page, unit_code=unit_code, system=system, status=status, overdue=overdue
    )
    return Listed(items=[_view(row) for row in rows], next_cursor=cursor)


@router.get("/v1/incidents/{incident_id}")
async def get_incident(incident_id: UUID, session: Reading, response: Response, *, caller: AnyCaller) -> IncidentView:
    """One incident."""
    incident = await queries.get_incident(session, caller, incident_id)
    response.headers["ETag"] = etag(incident.version)
    return _view(incident)


@router.post("/v1/incidents/{incident_id}/actions")
@personal_answer("/v1/incidents/{incident_id}")
async def act_on_incident(
    incident_id: UUID,
    body: IncidentAct,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    *,
    caller: Annotated[Caller, allow("officer", "operator")],
) -> IncidentView:
    """Assigns, resolves or reopens."""
    incident = await queries.get_incident(session, caller, incident_id, lock=True)
    require_match(if_match, incident.version)
    commands.act_on_incident(session, incident, body.to_decision())
    response.headers["ETag"] = etag(incident.version)
    return _view(incident)


def _view(incident: Incident) -> IncidentView:
    return IncidentView(
        **incident.model_dump(exclude={"title", "description", "resolution", "texts"}),
        **asdict(incident.read()),
        is_overdue=incident.is_overdue(now()),
        is_on_time=incident.on_time,
        legal_actions=incident.legal(),
    )
