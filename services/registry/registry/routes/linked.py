"""Operations on the linked databases."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Request
from fastapi.responses import JSONResponse

from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Reading, Transaction, allow, language_of
from registry.commands.linked_answers import record_source_states, store_source_answers
from registry.commands.refreshes import request_refresh
from registry.queries.linked import chosen_sources, get_refresh, list_refreshes, list_sources
from registry.queries.residents import get_resident
from registry.routes.references import reference_router
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

router = reference_router(tags=["linked databases"])
ANY_READER = allow(
    "resident", "organization", "volunteer", "officer", "auditor", "operator", "service", level=1, acting="any"
)


@router.get("/v1/data-sources")
async def list_data_sources(
    session: Reading,
    request: Request,
    caller: Annotated[Caller, ANY_READER],
    accept_language: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Listed[SourceView]:
    """Each linked database with its state and last success."""
    linked, language = databases_of(request.app.state.runtime).urls, language_of(accept_language)
    return Listed(items=[SourceView.of(known, language) for known in await list_sources(session, linked)])


@router.post("/v1/residents/{resident_id}/refresh")
async def refresh_resident(
    resident_id: UUID,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=1)],
    body: RefreshBody | None = None,
    purpose: PurposeHeader = None,
) -> RefreshedView:
    """Query the linked databases about one resident, now."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    runtime = request.app.state.runtime
    databases = databases_of(runtime)
    wanted = chosen_sources(body.sources if body else None, list(databases.urls))
    async with runtime.database.reading() as reading:
        personal_id = (await get_resident(reading, caller, resident_id)).value("personal_id")
    results = await databases.query(wanted, personal_id, get_registry_settings().source_seconds)
    resident = await get_resident(session, caller, resident_id, for_update=True)
    changed = await store_source_answers(session, resident, results)
    await record_source_states(session, results)
    if not caller.is_resident(resident_id):
        record_access(session, "registry", caller, resident_id, action="refresh", purpose=purpose_code, fields=wanted)
    return RefreshedView(
        resident_id=resident_id,
        sources=[
            RefreshedSource(source=result.source, state="down" if result.failure else "live",
                            reason=result.failure, changed=changed.get(result.source, []))
            for result in results
        ],
    )  # fmt: skip


@router.post("/v1/refreshes", status_code=202, response_model=RefreshView)
async def create_unit_refresh(
    body: RefreshCreate, request: Request, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> JSONResponse:
    """Query the linked databases about all residents of a unit, in the background."""
    wanted = chosen_sources(body.sources, list(databases_of(request.app.state.runtime).urls))
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    refresh = await request_refresh(session, unit, wanted, caller.account)
    view = RefreshView.of(refresh)
    return JSONResponse(view.model_dump(mode="json"), 202, {"Location": f"/v1/refreshes/{refresh.id}"})


@router.get("/v1/refreshes")
async def list_unit_refreshes(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> Listed[RefreshView]:
    """Refreshes of units, oldest first."""
    rows, cursor = await list_refreshes(session, caller, page)
    return Listed(items=[RefreshView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/refreshes/{refresh_id}")
async def get_unit_refresh(
    refresh_id: UUID, session: Reading, caller: Annotated[Caller, allow("officer")]
) -> RefreshView:
    """Progress of a refresh."""
    return RefreshView.of(await get_refresh(session, caller, refresh_id))
