"""Operations for people's rights over their data: access log, consents, corrections, export."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError

from chassis.clock import HO_CHI_MINH, now
from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_body, unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.problems import field_errors
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    transactional_router,
)
from registry.commands.access import record_list, record_read
from registry.commands.attributes import request_correction
from registry.commands.consents import grant_consent, withdraw_consent
from registry.commands.corrections import decide_correction
from registry.model.attributes import ATTRIBUTES, ERASABLE, LINKED_ONLY, STATED
from registry.model.consents import GUIDED, Consent
from registry.model.rights import EVERYTHING
from registry.queries import consents, corrections
from registry.queries.access import ActorFilter, list_access, list_reads_of
from registry.queries.history import export_of, list_history
from registry.queries.residents import get_resident
from registry.schemas.checked import LongText
from registry.schemas.residents import AttributeHistoryView, ResidentPatch
from registry.schemas.rights import (
    AccessView,
    ActorAccessView,
    ConsentCreate,
    ConsentView,
    CorrectionCreate,
    CorrectionView,
    DecisionBody,
    export_view,
)

router = transactional_router(tags=["rights"])
SERVICE = "registry"


@router.get("/v1/residents/{resident_id}/access-log")
async def list_access_log(
    resident_id: UUID,
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "auditor", "officer", level=1)],
    purpose: PurposeHeader = None,
) -> Listed[AccessView]:
    """Reads of the resident's data in any service, newest first; reading it needs no purpose and is in it."""
    resident = await get_resident(session, caller, resident_id)
    purpose_code = purpose_of(caller, resident_id, purpose) if purpose else None
    entries, cursor = await list_access(session, resident_id, page)
    record_read(session, caller, resident, action="access-log", purpose=purpose_code, fields=["access_log"])
    return Listed(items=[AccessView.of(entry) for entry in entries], next_cursor=cursor)


@router.get("/v1/access-log")
async def list_actor_accesses(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("auditor")],
    actor: Annotated[str, Query(min_length=1, max_length=200, description="The account, as an access log names it")],
    from_: Annotated[date | None, Query(alias="from", description="The first day")] = None,
    to: Annotated[date | None, Query(description="The last day")] = None,
) -> Listed[ActorAccessView]:
    """What an account has read in any service, newest first, as far as the auditor's units are concerned."""
    first = datetime.combine(from_, time(), HO_CHI_MINH) if from_ else None
    last = datetime.combine(to, time(), HO_CHI_MINH) + timedelta(days=1) if to else None
    entries, cursor = await list_reads_of(session, caller, ActorFilter(actor, first, last), page)
    return Listed(items=[ActorAccessView.of(entry) for entry in entries], next_cursor=cursor)


@router.get("/v1/residents/{resident_id}/consents")
async def list_consents(
    resident_id: UUID,
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", "service", level=2)],
    purpose: PurposeHeader = None,
) -> Listed[ConsentView]:
    """Consents of the person, those that were withdrawn too."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    record_read(session, caller, resident, action="consents", purpose=purpose_code, fields=["consents"])
    rows, cursor = await consents.list_consents(session, resident_id, page)
    return Listed(items=[ConsentView.of(row) for row in rows], next_cursor=cursor)


@router.post("/v1/residents/{resident_id}/consents", status_code=201, response_model=ConsentView)
@personal_answer()
async def create_consent(
    resident_id: UUID,
    body: ConsentCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", level=2)],
) -> JSONResponse:
    """Consent to one purpose of one grantee; an officer or volunteer who records it gives the evidence.

    A volunteer records only consents to the steps that teams guide through, none that gives a partner data of the record.
    """
    resident = await get_resident(session, caller, resident_id)
    if caller.role == "volunteer" and body.purpose not in GUIDED:
        raise Forbidden()
    evidence = body.evidence or ({"kind": "self"} if caller.role == "resident" else None)
    wrong = []
    if not evidence:
        wrong.append(FieldError("/evidence", "required", "Phải nêu bằng chứng của sự đồng ý.",
                                "Evidence of the consent is required."))  # fmt: skip
    if body.expires_at is not None and body.expires_at <= now():
        wrong.append(FieldError("/expires_at", "in-the-past", "Thời hạn đã qua.", "This time has passed."))
    if wrong or not evidence:
        raise InvalidBody(errors=wrong)
    consent = await grant_consent(session, caller, resident, body.purpose, body.grantee, body.expires_at, evidence)
    return created(ConsentView.of(consent), f"/v1/residents/{resident_id}/consents/{consent.id}")


@router.get("/v1/residents/{resident_id}/consents/{consent_id}")
async def get_consent(
    resident_id: UUID,
    consent_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", "service", level=2)],
    purpose: PurposeHeader = None,
) -> ConsentView:
    """One consent."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    found = await session.get(Consent, consent_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound()
    record_read(session, caller, resident, action="consents", purpose=purpose_code, fields=["consents"])
    return ConsentView.of(found)


@router.delete("/v1/residents/{resident_id}/consents/{consent_id}", status_code=204)
async def delete_consent(
    resident_id: UUID,
    consent_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", level=2)],
) -> Response:
    """Withdraw a consent, effective from the next request on."""
    resident = await get_resident(session, caller, resident_id)
    found = await session.get(Consent, consent_id, with_for_update=True)
    if found is None or found.resident_id != resident_id:
        raise NotFound()
    await withdraw_consent(session, caller, resident, found)
    return Response(status_code=204)


@router.get("/v1/residents/{resident_id}/export")
async def export_resident(
    resident_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> dict[str, Any]:
    """Everything that the registry has about a person, in full."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    record_access(session, SERVICE, caller, resident.id, action="export", purpose=purpose_code, fields=["*"])
    return export_view(await export_of(session, caller, resident))


@router.get("/v1/residents/{resident_id}/facts/{name}/history")
async def list_attribute_history(
    resident_id: UUID,
    name: str,
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "officer", level=1)],
    purpose: PurposeHeader = None,
) -> Listed[AttributeHistoryView]:
    """Earlier values of an attribute, and values of other sources."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    record_read(session, caller, resident, action="history", purpose=purpose_code, fields=[name])
    records, cursor = await list_history(session, resident_id, name, page)
    return Listed(items=[AttributeHistoryView.of_record(record) for record in records], next_cursor=cursor)


@router.get("/v1/residents/{resident_id}/corrections")
async def list_resident_corrections(
    resident_id: UUID,
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> Listed[CorrectionView]:
    """The person's requests for corrections with their decisions."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    record_read(session, caller, resident, action="corrections", purpose=purpose_code, fields=["corrections"])
    rows, cursor = await corrections.list_corrections(session, resident_id, page)
    return Listed(items=[CorrectionView.of(row) for row in rows], next_cursor=cursor)


@router.post("/v1/residents/{resident_id}/corrections", status_code=201, response_model=CorrectionView)
@personal_answer()
async def create_correction(
    resident_id: UUID,
    body: CorrectionCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
) -> JSONResponse:
    """A request about a person's data, with the time limits of the law on personal data."""
    resident = await get_resident(session, caller, resident_id)
    value = await _proposed(session, body)
    source = "resident" if caller.role == "resident" else "officer"
    correction = request_correction(
        session, resident.id, body.field or EVERYTHING, value, source, caller.account, body.reason, body.kind
    )
    return created(CorrectionView.of(correction), f"/v1/corrections/{correction.id}")


_REQUESTABLE: dict[str, tuple[str | None, ...]] = {
    "correction": (*STATED, "unit_code", "household_code", "personal_id", *LINKED_ONLY),
    "erasure": (None, *ERASABLE),
    "objection": (None, *ATTRIBUTES),
}
"""The attributes that a request may name; without a name it is about all of them."""


async def _proposed(session: Session, body: CorrectionCreate) -> Any:
    if body.field not in (choices := _REQUESTABLE[body.kind]):
        named = ", ".join(filter(None, choices))
        raise InvalidBody(errors=[FieldError("/field", "not-a-choice", f"Phải là một trong: {named}.",
                                             f"Must be one of: {named}.")])  # fmt: skip
    if body.field is None or body.kind != "correction":
        return None
    try:
        if body.field in LINKED_ONLY:
            return _TEXT.validate_python(body.value)
        value = getattr(ResidentPatch.model_validate({body.field: body.value}), body.field)
    except ValidationError as error:
        wrong = field_errors(error.errors())
        raise InvalidBody(errors=[FieldError("/value", e.code, e.vi, e.en) for e in wrong]) from None
    if body.field == "unit_code":
        await unit_of_body(session, value, "/value")
    return value


_TEXT: TypeAdapter[str] = TypeAdapter(LongText)


@router.get("/v1/corrections")
async def list_corrections(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
    unit_code: str | None = None,
    due_by: Annotated[date | None, Query(description="Only requests due by this day")] = None,
) -> Listed[CorrectionView]:
    """Open requests of the caller's units."""
    purpose_code = purpose_of(caller, None, purpose)
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await corrections.list_open_corrections(session, caller, unit_code, due_by, page)
    shown = sorted({row.resident_id for row in rows})
    await record_list(session, caller, shown, action="corrections", purpose=purpose_code, fields=["corrections"])
    return Listed(items=[CorrectionView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/corrections/{correction_id}")
async def get_correction(
    correction_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> CorrectionView:
    """One request for a correction, for the person and officers of the unit."""
    found, resident = await corrections.get_correction(session, caller, correction_id)
    purpose_code = purpose_of(caller, resident.id, purpose)
    record_read(session, caller, resident, action="corrections", purpose=purpose_code, fields=[found.name])
    return CorrectionView.of(found)


@router.post("/v1/corrections/{correction_id}/decision")
@personal_answer("/v1/corrections/{correction_id}")
async def decide_on_correction(
    correction_id: UUID,
    body: DecisionBody,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
) -> CorrectionView:
    """Accept or refuse, with a reason; an accepted value replaces the present one whatever its source."""
    if body.decision == "refuse" and not (body.note or "").strip():
        raise InvalidBody(errors=[FieldError("/note", "required", "Phải nêu lý do từ chối.",
                                             "A refusal needs a reason.")])  # fmt: skip
    found, resident = await corrections.get_correction(session, caller, correction_id)
    await decide_correction(session, found, resident, accepted=body.decision == "accept", note=body.note, by=caller)
    purpose_code = purpose_of(caller, resident.id, purpose or "correction")
    record_read(session, caller, resident, action="decision", purpose=purpose_code, fields=[found.name])
    return CorrectionView.of(found)
