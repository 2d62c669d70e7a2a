"""Doors of people's rights over their own data: who read it, what they allowed, what is wrong, all of it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.storage.database import Session
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
from registry.commands.consents import grant_consent, withdraw_consent
from registry.commands.corrections import decide_correction
from registry.commands.declaring import request_correction
from registry.model.consents import Consent
from registry.model.facts import FACTS, LINKED_FACTS
from registry.model.residents import DECLARABLE, Resident
from registry.model.rights import ERASABLE, EVERYTHING
from registry.queries.access import list_access
from registry.queries.consents import consent_view, list_consents
from registry.queries.corrections import correction_view, get_correction, list_corrections, list_open_corrections
from registry.queries.history import export_of, list_history
from registry.queries.residents import get_resident
from registry.schemas.residents import FactHistoryView, ResidentPatch
from registry.schemas.rights import (
    AccessView,
    ConsentCreate,
    ConsentView,
    CorrectionCreate,
    CorrectionView,
    DecisionBody,
)

router = transactional_router(tags=["rights"])
SERVICE = "registry"


@router.get("/v1/residents/{resident_id}/access-log")
async def access_log(
    resident_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "auditor", "officer")],
) -> Listed[AccessView]:
    """Who read what, when and why, in any service; newest first."""
    await get_resident(session, caller, resident_id)
    items, cursor = await list_access(session, resident_id, page)
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/residents/{resident_id}/consents")
async def consents(
    resident_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", "service")],
) -> Listed[ConsentView]:
    await get_resident(session, caller, resident_id)
    items, cursor = await list_consents(session, resident_id, page)
    return Listed(items=items, next_cursor=cursor)


@router.post("/v1/residents/{resident_id}/consents", status_code=201, response_model=ConsentView)
async def grant(
    resident_id: UUID,
    body: ConsentCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer")],
) -> JSONResponse:
    """Allow one purpose to one grantee; who takes it down for somebody else says on what evidence."""
    resident = await get_resident(session, caller, resident_id)
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
    return created(consent_view(consent), f"/v1/residents/{resident_id}/consents/{consent.id}")


@router.get("/v1/residents/{resident_id}/consents/{consent_id}")
async def consent(
    resident_id: UUID,
    consent_id: UUID,
    session: Reading,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", "service")],
) -> ConsentView:
    await get_resident(session, caller, resident_id)
    found = await session.get(Consent, consent_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound()
    return consent_view(found)


@router.delete("/v1/residents/{resident_id}/consents/{consent_id}", status_code=204)
async def withdraw(
    resident_id: UUID,
    consent_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer")],
) -> Response:
    """Take a consent back: it counts from the next question on."""
    resident = await get_resident(session, caller, resident_id)
    found = await session.get(Consent, consent_id, with_for_update=True)
    if found is None or found.resident_id != resident_id:
        raise NotFound()
    await withdraw_consent(session, caller, resident, found)
    return Response(status_code=204)


@router.get("/v1/residents/{resident_id}/export")
async def export(
    resident_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer")],
    purpose: PurposeHeader = None,
) -> dict[str, Any]:
    """Everything that the registry holds about a person, in full."""
    said = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    record_access(session, SERVICE, caller, resident.id, action="export", purpose=said, fields=["*"])
    return await export_of(session, resident)


@router.get("/v1/residents/{resident_id}/facts/{name}/history")
async def history(
    resident_id: UUID,
    name: str,
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("resident", "officer")],
    purpose: PurposeHeader = None,
) -> Listed[FactHistoryView]:
    """What a fact was before, and what other sources say."""
    said = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    _record(session, caller, resident, "history", said, name)
    items, cursor = await list_history(session, resident_id, name, page)
    return Listed(items=items, next_cursor=cursor)


def _record(session: Session, caller: Caller, resident: Resident, action: str, purpose: str | None, name: str) -> None:
    if not caller.is_resident(resident.id):
        record_access(session, SERVICE, caller, resident.id, action=action, purpose=purpose, fields=[name])


@router.get("/v1/residents/{resident_id}/corrections")
async def corrections(
    resident_id: UUID, session: Reading, page: PageQuery, caller: Annotated[Caller, allow("resident", "officer")]
) -> Listed[CorrectionView]:
    await get_resident(session, caller, resident_id)
    items, cursor = await list_corrections(session, resident_id, page)
    return Listed(items=items, next_cursor=cursor)


@router.post("/v1/residents/{resident_id}/corrections", status_code=201, response_model=CorrectionView)
async def ask_for_correction(
    resident_id: UUID,
    body: CorrectionCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer")],
) -> JSONResponse:
    """A request about one's data; its clocks are those of the law on personal data."""
    resident = await get_resident(session, caller, resident_id)
    value = _proposed(body)
    source = "resident" if caller.role == "resident" else "officer"
    correction = request_correction(
        session, resident.id, body.field or EVERYTHING, value, source, caller.account, body.reason, body.kind
    )
    return created(correction_view(correction), f"/v1/corrections/{correction.id}")


_MAY_NAME: dict[str, tuple[str | None, ...]] = {
    "correction": DECLARABLE,
    "erasure": (None, *ERASABLE, *LINKED_FACTS),
    "objection": (None, *FACTS),
}
"""What a request may be about; nothing named means all of it."""


def _proposed(body: CorrectionCreate) -> Any:
    if body.field not in (choices := _MAY_NAME[body.kind]):
        named = ", ".join(filter(None, choices))
        raise InvalidBody(errors=[FieldError("/field", "not-a-choice", f"Phải là một trong: {named}.",
                                             f"Must be one of: {named}.")])  # fmt: skip
    if body.field is None or body.kind != "correction":
        return None
    try:
        return getattr(ResidentPatch.model_validate({body.field: body.value}), body.field)
    except ValidationError as error:
        wrong = field_errors(error.errors())
        raise InvalidBody(errors=[FieldError("/value", e.code, e.vi, e.en) for e in wrong]) from None


@router.get("/v1/corrections")
async def open_corrections(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    unit_code: str | None = None,
    due_by: Annotated[
        date | None, Query(description="Only what must be answered by this day: what is late or near")
    ] = None,
) -> Listed[CorrectionView]:
    """What is to be decided in the caller's units."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    items, cursor = await list_open_corrections(session, caller, unit_code, due_by, page)
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/corrections/{correction_id}")
async def correction(
    correction_id: UUID, session: Transaction, caller: Annotated[Caller, allow("resident", "officer")]
) -> CorrectionView:
    found, _ = await get_correction(session, caller, correction_id)
    return correction_view(found)


@router.post("/v1/corrections/{correction_id}/decision")
async def decide(
    correction_id: UUID, body: DecisionBody, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> CorrectionView:
    """Accept or refuse; an accepted value takes its place whatever the source of the present one."""
    found, resident = await get_correction(session, caller, correction_id)
    await decide_correction(
        session, found, resident, accepted=body.decision == "accept", note=body.note, by=caller.account
    )
    return correction_view(found)
