"""Dossiers: draft, form, submission, actions."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from casework.commands import actions, submission
from casework.commands.applicants import require_own, rules_for
from casework.commands.dossiers import discard_dossier, draft_dossier, fill_in, form_of, refill
from casework.errors import DossierNotEditable
from casework.model.applications import Application
from casework.model.dossiers import Dossier
from casework.model.lifecycle import Actor, Status
from casework.prefill import Prefilled, fetch_prefill
from casework.queries import dossiers as queries
from casework.routes.views import line, progress, record_form_access, whole
from casework.schemas.dossiers import (
    DossierAct,
    DossierCreate,
    DossierFillIn,
    DossierLine,
    DossierProgress,
    DossierSubmit,
    DossierView,
)
from casework.settings import get_settings
from chassis.clock import today
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)
from chassis.web.service_client import ServiceClient

router = transactional_router(tags=["dossiers"])

Anybody = Annotated[Caller, allow("resident", "organization", "officer")]


async def _service_client(request: Request) -> ServiceClient:
    service_client: ServiceClient = request.app.state.runtime.service_client
    return service_client


RegistryClient = Annotated[ServiceClient, Depends(_service_client)]


@router.post("/v1/dossiers", status_code=201)
async def create_dossier(
    body: DossierCreate,
    session: Transaction,
    service_client: RegistryClient,
    purpose: PurposeHeader = None,
    *,
    caller: Anybody,
) -> DossierView:
    """Opens a draft with everything that the registry already knows; a registry that is down opens it empty."""
    application = body.to_application()
    require_own(caller, application)
    prefilled = await _prefill(service_client, caller, application)
    dossier = await draft_dossier(session, caller, application, prefilled)
    actor = Actor.OFFICER if caller.role == "officer" else Actor.APPLICANT
    record_form_access(session, caller, dossier, action="draft", purpose=_purpose(caller, dossier, purpose))
    view = await whole(session, dossier, actor)
    answer: JSONResponse = created(view, f"/v1/dossiers/{dossier.id}", version=dossier.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/dossiers")
async def list_dossiers(
    session: Reading,
    page: PageQuery,
    unit_code: str | None = None,
    status: Annotated[Status | None, Query()] = None,
    procedure_code: str | None = None,
    overdue: bool | None = None,
    *,
    caller: Anybody,
) -> Listed[DossierLine]:
    """The caller's own dossiers, or those of an officer's units; no personal data."""
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await queries.list_dossiers(
        session,
        caller,
        page,
        unit_code=unit_code,
        status=status,
        procedure_code=procedure_code,
        overdue=overdue,
    )
    return Listed(items=[line(row) for row in rows], next_cursor=cursor)


@router.get("/v1/dossiers/{dossier_id}")
async def get_dossier(
    dossier_id: UUID, session: Transaction, response: Response, purpose: PurposeHeader = None, *, caller: Anybody
) -> DossierView:
    """One dossier; an officer's reading needs a purpose and is in the access log of every person concerned."""
    dossier, actor = await queries.get_dossier(session, caller, dossier_id)
    _log(session, caller, dossier, actor, "read", purpose)
    response.headers["ETag"] = etag(dossier.version)
    return await whole(session, dossier, actor)


@router.patch("/v1/dossiers/{dossier_id}")
async def update_dossier(
    dossier_id: UUID,
    body: DossierFillIn,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    purpose: PurposeHeader = None,
    *,
    caller: Anybody,
) -> DossierView:
    """Takes what the applicant typed, in a draft or while a supplement is asked for."""
    dossier, actor = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, dossier.version)
    fill_in(dossier, body.to_changes())
    record_form_access(session, caller, dossier, action="fill in", purpose=_purpose(caller, dossier, purpose))
    response.headers["ETag"] = etag(dossier.version)
    return await whole(session, dossier, actor)


@router.post("/v1/dossiers/{dossier_id}/prefill")
async def prefill_dossier(
    dossier_id: UUID,
    request: Request,
    session: Transaction,
    service_client: RegistryClient,
    purpose: PurposeHeader = None,
    *,
    caller: Anybody,
) -> DossierView:
    """Fetches the registry's values again, for a draft that opened without them; verified values replace typed ones."""
    async with request.app.state.runtime.database.reading() as looking:
        seen, _ = await queries.get_dossier(looking, caller, dossier_id)
    # The first session is closed again: no connection waits for the registry.
    prefilled = await fetch_prefill(
        service_client,
        caller,
        form_of(seen),
        resident_id=seen.resident_id,
        organization_id=seen.organization_id,
        subject_id=seen.subject_id,
        seconds=get_settings().prefill_seconds,
    )
    dossier, actor = await queries.get_dossier(session, caller, dossier_id, lock=True)
    await refill(session, caller, dossier, prefilled)
    record_form_access(session, caller, dossier, action="draft", purpose=_purpose(caller, dossier, purpose))
    return await whole(session, dossier, actor)


@router.delete("/v1/dossiers/{dossier_id}", status_code=204)
async def delete_dossier(dossier_id: UUID, session: Transaction, *, caller: Anybody) -> None:
    """Deletes a draft; a submitted dossier is withdrawn instead."""
    dossier, _ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    if dossier.status != Status.DRAFT:
        raise DossierNotEditable()
    await discard_dossier(session, dossier)


@router.post("/v1/dossiers/{dossier_id}/submit")
async def submit_dossier(
    dossier_id: UUID,
    session: Transaction,
    response: Response,
    body: DossierSubmit | None = None,
    if_match: IfMatch = None,
    *,
    caller: Anybody,
) -> DossierProgress:
    """Hands the dossier in: it gets its code, its fee is asked for, and the office decides on valid receipt."""
    dossier, actor = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, dossier.version)
    signature = body.signature.to_signature() if body and body.signature else None
    await submission.submit_dossier(session, caller, dossier, actor, signature)
    response.headers["ETag"] = etag(dossier.version)
    return progress(dossier, actor)


@router.post("/v1/dossiers/{dossier_id}/actions")
async def act_on_dossier(
    dossier_id: UUID,
    body: DossierAct,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    *,
    caller: Anybody,
) -> DossierProgress:
    """Takes one action of the table; an illegal action answers 409 with the legal ones."""
    dossier, actor = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, dossier.version)
    await actions.act_on_dossier(session, caller, dossier, actor, body.to_decision())
    response.headers["ETag"] = etag(dossier.version)
    return progress(dossier, actor)


async def _prefill(service_client: ServiceClient, caller: Caller, application: Application) -> Prefilled:
    subject_id = application.subject_id or application.on_behalf_of
    rules = rules_for(application.procedure_code, application.applicant, today())
    if subject_id is None and rules.subject == "self_or_other":
        subject_id = application.resident_id
    return await fetch_prefill(
        service_client,
        caller,
        rules.fields_for(application.applicant),
        resident_id=application.resident_id,
        organization_id=application.organization_id,
        subject_id=subject_id if rules.subject != "unregistered" else None,
        seconds=get_settings().prefill_seconds,
    )


def _purpose(caller: Caller, dossier: Dossier, sent: str | None) -> str | None:
    """The purpose of helping with a form is `dossier` unless another one is sent."""
    return purpose_of(caller, dossier.resident_id, sent or "dossier")


def _log(
    session: Transaction, caller: Caller, dossier: Dossier, actor: Actor, action: str, purpose: str | None
) -> None:
    if actor is Actor.OFFICER:
        record_form_access(
            session, caller, dossier, action=action, purpose=purpose_of(caller, dossier.resident_id, purpose)
        )
