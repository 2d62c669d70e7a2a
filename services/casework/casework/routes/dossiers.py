"""Dossiers: draft, form, submission, actions."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from casework.commands import actions, fees, submission
from casework.commands.applicants import competent_unit, find_applicants, rules_for
from casework.commands.dossiers import discard_dossier, draft_dossier, fill_in, form_of, refill
from casework.commands.way_back import take_back
from casework.errors import DossierNotEditable
from casework.model.dossiers import Dossier
from casework.model.fees import FeeAct
from casework.model.forms import Entry
from casework.model.lifecycle import SECOND_OFFICER, Actor, Status
from casework.prefill import fetch_prefill, find_resident_id
from casework.queries import dossiers as queries
from casework.queries.dossiers import OpenedDossier
from casework.queries.people import find_resident, may_read
from casework.routes.views import line, progress, record_form_access, whole
from casework.schemas.dossiers import (
    DossierAct,
    DossierCreate,
    DossierFillIn,
    DossierLine,
    DossierLookup,
    DossierProgress,
    DossierSubmit,
    DossierView,
    FeeSettlement,
)
from casework.settings import get_settings
from chassis.clock import today
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    PurposeHeader,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)
from chassis.web.service_client import ServiceClient

router = transactional_router(tags=["dossiers"])

AnyCaller = Annotated[Caller, allow("resident", "organization", "officer", level=1, acting="dossiers")]
Submitter = Annotated[Caller, allow("resident", "organization", "officer", level=2, acting="dossiers")]


async def _service_client(request: Request) -> ServiceClient:
    service_client: ServiceClient = request.app.state.runtime.service_client
    return service_client


RegistryClient = Annotated[ServiceClient, Depends(_service_client)]


@router.post("/v1/dossiers", status_code=201)
@personal_answer()
async def create_dossier(
    body: DossierCreate,
    request: Request,
    session: Transaction,
    service_client: RegistryClient,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> DossierView:
    """Opens a draft with everything that the registry already knows; a registry that is down opens it empty."""
    application = body.to_application()
    rules = rules_for(application.procedure_code, application.applicant, today())
    async with request.app.state.runtime.database.reading() as reading:
        people = await find_applicants(reading, caller, application, rules)
        await competent_unit(reading, application, people, rules)
        asks_itself = people.subject is not None and await may_read(reading, caller, people.subject)
    # The first session is closed again: no connection waits for the registry.
    prefilled = await fetch_prefill(
        service_client,
        caller,
        rules.fields_for(application.applicant),
        resident_id=application.resident_id,
        organization_id=application.organization_id,
        subject_id=people.subject.id if people.subject and rules.subject != "unregistered" else None,
        may_read_subject=asks_itself,
        seconds=get_settings().prefill_seconds,
    )
    dossier = await draft_dossier(session, caller, application, prefilled)
    await session.flush()
    opened = await queries.get_dossier(session, caller, dossier.id)
    await record_form_access(session, caller, opened, action="draft", purpose=_purpose(caller, dossier, purpose))
    view = await whole(session, opened)
    answer: JSONResponse = created(view, f"/v1/dossiers/{dossier.id}", version=dossier.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/dossiers")
async def list_dossiers(
    session: Transaction,
    page: PageQuery,
    unit_code: str | None = None,
    status: Annotated[Status | None, Query()] = None,
    procedure_code: str | None = None,
    overdue: bool | None = None,
    q: Annotated[
        str | None, Query(max_length=100, description="A part of the code, or words of the applicant's name")
    ] = None,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> Listed[DossierLine]:
    """The caller's own dossiers, or those of an officer's units, also by code or applicant with or without accents. Names of
    applicants are shown to officers who name a purpose, and the reading is in the access log."""
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    shows_names = purpose is not None and caller.role == "officer"
    rows, cursor = await queries.list_dossiers(
        session,
        caller,
        page,
        unit_code=unit_code,
        status=status,
        procedure_code=procedure_code,
        overdue=overdue,
        q=q,
        with_form=shows_names,
    )
    if q and not shows_names:
        _record_hits(session, caller, rows, q)
    return Listed(items=[_named(session, caller, row, purpose) for row in rows], next_cursor=cursor)


@router.post("/v1/dossiers/lookup")
@personal_answer()
async def look_up_dossiers(
    body: DossierLookup,
    request: Request,
    session: Transaction,
    page: PageQuery,
    service_client: RegistryClient,
    purpose: PurposeHeader = None,
    *,
    caller: Annotated[Caller, allow("officer")],
) -> Listed[DossierLine]:
    """The dossiers that a person filed in the officer's units, by the full personal or phone number; needs a purpose, and every
    reading is in the access log."""
    checked = purpose_of(caller, None, purpose)
    found = None
    if body.personal_id is not None:
        found = await find_resident_id(
            service_client, caller, body.personal_id, checked, get_settings().prefill_seconds
        )
    rows, cursor = await queries.list_dossiers_of(
        session, caller, page, resident_id=found, personal_id=body.personal_id, phone=body.phone
    )
    return Listed(items=[_named(session, caller, row, checked) for row in rows], next_cursor=cursor)


@router.get("/v1/dossiers/{dossier_id}")
async def get_dossier(
    dossier_id: UUID, session: Transaction, response: Response, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> DossierView:
    """One dossier; an officer's reading needs a purpose and is in the access log of every person concerned."""
    opened = await queries.get_dossier(session, caller, dossier_id)
    await record_reading(session, caller, opened, "read", purpose)
    response.headers["ETag"] = etag(opened.dossier.version)
    return await whole(session, opened)


@router.patch("/v1/dossiers/{dossier_id}")
async def update_dossier(
    dossier_id: UUID,
    body: DossierFillIn,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> DossierView:
    """Takes what the applicant typed, in a draft or while a supplement is asked for."""
    opened = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, opened.dossier.version)
    fill_in(opened.dossier, body.to_changes(), sees_subject=opened.sees_subject)
    checked = _purpose(caller, opened.dossier, purpose)
    await record_form_access(session, caller, opened, action="fill in", purpose=checked)
    response.headers["ETag"] = etag(opened.dossier.version)
    return await whole(session, opened)


@router.post("/v1/dossiers/{dossier_id}/prefill")
@personal_answer("/v1/dossiers/{dossier_id}")
async def prefill_dossier(
    dossier_id: UUID,
    request: Request,
    session: Transaction,
    service_client: RegistryClient,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> DossierView:
    """Fetches the registry's values again, for a draft that opened without them; verified values replace typed ones."""
    async with request.app.state.runtime.database.reading() as looking:
        seen = (await queries.get_dossier(looking, caller, dossier_id)).dossier
        subject = await find_resident(looking, seen.subject_id) if seen.subject_id else None
        asks_itself = subject is not None and await may_read(looking, caller, subject)
    # The first session is closed again: no connection waits for the registry.
    prefilled = await fetch_prefill(
        service_client,
        caller,
        form_of(seen),
        resident_id=seen.resident_id,
        organization_id=seen.organization_id,
        subject_id=seen.subject_id,
        may_read_subject=asks_itself,
        seconds=get_settings().prefill_seconds,
    )
    opened = await queries.get_dossier(session, caller, dossier_id, lock=True)
    refill(opened.dossier, prefilled)
    checked = _purpose(caller, opened.dossier, purpose)
    await record_form_access(session, caller, opened, action="draft", purpose=checked)
    return await whole(session, opened)


@router.delete("/v1/dossiers/{dossier_id}", status_code=204)
async def delete_dossier(dossier_id: UUID, session: Transaction, *, caller: AnyCaller) -> None:
    """Deletes a draft; a submitted dossier is withdrawn instead."""
    dossier, *_ = await queries.get_dossier(session, caller, dossier_id, lock=True)
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
    caller: Submitter,
) -> DossierProgress:
    """Hands the dossier in: it gets its code, its fee is asked for, and the office decides on valid receipt."""
    dossier, actor, _ = await queries.get_dossier(session, caller, dossier_id, lock=True)
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
    caller: AnyCaller,
) -> DossierProgress:
    """Takes one action of the table; an illegal action answers 409 with the legal ones."""
    dossier, actor, _ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, dossier.version)
    decision = body.to_decision()
    if decision.action in SECOND_OFFICER:
        await take_back(session, caller, dossier, actor, decision, has_seen_version=if_match is not None)
    else:
        await actions.act_on_dossier(session, caller, dossier, actor, decision)
    response.headers["ETag"] = etag(dossier.version)
    return progress(dossier, actor)


@router.post("/v1/dossiers/{dossier_id}/fee-settlements")
async def settle_dossier_fee(
    dossier_id: UUID,
    body: FeeSettlement,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    *,
    caller: Annotated[Caller, allow("officer")],
) -> DossierProgress:
    """Records that the fee was paid at the counter, or waives it; a fee that is not owed answers 409 `fee-not-due`. Another
    officer takes the record back with the action `revert`."""
    dossier, actor, _ = await queries.get_dossier(session, caller, dossier_id, lock=True)
    require_match(if_match, dossier.version)
    await fees.settle_at_counter(session, caller, dossier, actor, FeeAct(body.way), body.note)
    response.headers["ETag"] = etag(dossier.version)
    return progress(dossier, actor)


def _record_hits(session: Session, caller: Caller, rows: Sequence[Dossier], q: str) -> None:
    """Finding a person by name is a reading of the name, though the answer does not show it: its purpose is `dossier`, and the
    person sees it. A hit by the code is none."""
    for row in rows:
        if caller.role == "officer" and row.resident_id and q.strip().upper() not in (row.code or ""):
            record_access(
                session, "casework", caller, row.resident_id, action="find dossiers by name", purpose="dossier",
                fields=["full_name"], legal_basis="Nghị định 118/2025/NĐ-CP",
            )  # fmt: skip


def _named(session: Session, caller: Caller, row: Dossier, purpose: str | None) -> DossierLine:
    """A line with the applicant's name for an officer with a purpose, and the access row of that reading."""
    if purpose is None or caller.role != "officer" or row.origin == "portal":
        return line(row)
    form = row.entries()
    name = str(form.get("organization_name", Entry()).value or form.get("full_name", Entry()).value or "")
    if row.resident_id is not None:
        checked = purpose_of(caller, row.resident_id, purpose)
        record_access(
            session, "casework", caller, row.resident_id, action="list dossiers", purpose=checked, fields=["full_name"],
            legal_basis="Nghị định 118/2025/NĐ-CP",
        )  # fmt: skip
    return line(row).model_copy(update={"applicant": name})


def _purpose(caller: Caller, dossier: Dossier, sent: str | None) -> str | None:
    """The purpose of helping with a form is `dossier` unless another one is sent."""
    return purpose_of(caller, dossier.resident_id, sent or "dossier")


async def record_reading(
    session: Transaction, caller: Caller, opened: OpenedDossier, action: str, purpose: str | None
) -> None:
    """The access rows of an officer's reading; 428 without a purpose. One's own dossier needs none."""
    if opened.actor is not Actor.APPLICANT:
        checked = purpose_of(caller, opened.dossier.resident_id, purpose)
        await record_form_access(session, caller, opened, action=action, purpose=checked)
