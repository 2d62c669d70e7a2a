"""Doors of the linked databases."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Request
from fastapi.responses import JSONResponse

from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Reading, Transaction, allow, language_of
from registry.commands.linking import note_states, take_over_answers
from registry.commands.refreshing import request_refresh
from registry.queries.linked import chosen_sources, get_refresh, list_refreshes, list_sources
from registry.queries.residents import get_resident
from registry.routes.references import BodyRoutes
from registry.schemas.linked import (
    RefreshBody,
    RefreshCreate,
    RefreshedSource,
    RefreshedView,
    RefreshView,
    SourceView,
)
from registry.settings import get_registry_settings
from registry.sources import databases_of

router = BodyRoutes(tags=["linked databases"])
ANYBODY = allow("resident", "organization", "volunteer", "officer", "auditor", "operator", "service")


@router.get("/v1/data-sources")
async def data_sources(
    session: Reading,
    request: Request,
    caller: Annotated[Caller, ANYBODY],
    accept_language: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Listed[SourceView]:
    """Each linked database with its state and last success."""
    linked = databases_of(request.app.state.runtime).urls
    return Listed(items=await list_sources(session, linked, language_of(accept_language)))


@router.post("/v1/residents/{resident_id}/refresh")
async def refresh_resident(
    resident_id: UUID,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer")],
    body: RefreshBody | None = None,
    purpose: PurposeHeader = None,
) -> RefreshedView:
    """Ask the linked databases about one resident, now."""
    said = purpose_of(caller, resident_id, purpose)
    runtime = request.app.state.runtime
    databases = databases_of(runtime)
    wanted = chosen_sources(body.sources if body else None, list(databases.urls))
    async with runtime.database.reading() as reading:
        personal_id = (await get_resident(reading, caller, resident_id)).value("personal_id")
    outcomes = await databases.ask(wanted, personal_id, get_registry_settings().source_seconds)
    resident = await get_resident(session, caller, resident_id, for_update=True)
    changed = await take_over_answers(session, resident, outcomes)
    await note_states(session, outcomes)
    if not caller.is_resident(resident_id):
        record_access(session, "registry", caller, resident_id, action="refresh", purpose=said, fields=wanted)
    return RefreshedView(
        resident_id=resident_id,
        sources=[
            RefreshedSource(source=outcome.source, state="down" if outcome.failure else "live",
                            reason=outcome.failure, changed=changed.get(outcome.source, []))
            for outcome in outcomes
        ],
    )  # fmt: skip


@router.post("/v1/refreshes", status_code=202, response_model=RefreshView)
async def refresh_unit(
    body: RefreshCreate, request: Request, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> JSONResponse:
    """Ask about everybody of a unit, in the background."""
    wanted = chosen_sources(body.sources, list(databases_of(request.app.state.runtime).urls))
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    refresh = await request_refresh(session, unit, wanted, caller.account)
    view = RefreshView.model_validate(refresh.model_dump())
    return JSONResponse(view.model_dump(mode="json"), 202, {"Location": f"/v1/refreshes/{refresh.id}"})


@router.get("/v1/refreshes")
async def refreshes(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> Listed[RefreshView]:
    items, cursor = await list_refreshes(session, caller, page)
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/refreshes/{refresh_id}")
async def refresh(refresh_id: UUID, session: Reading, caller: Annotated[Caller, allow("officer")]) -> RefreshView:
    return await get_refresh(session, caller, refresh_id)
