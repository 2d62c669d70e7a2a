"""Operations on proposals to register a person who is signed in and unknown."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse

from chassis.errors import Unauthenticated
from chassis.runtime import Runtime
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query, units_of
from chassis.security.sign_in import Claims, open_claims
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Transaction, allow, transactional_router
from registry.commands.access import record_list
from registry.commands.registrations import accept_registration, propose_registration, refuse_registration
from registry.model.registrations import Registration, RegistrationStatus
from registry.queries import registrations
from registry.queries.registrations import get_registration as get_registration_of
from registry.schemas.registrations import RegistrationCreate, RegistrationDecision, RegistrationView
from registry.settings import get_registry_settings
from registry.sources import databases_of

router = transactional_router(tags=["identity"])
FIELDS = ["registration"]


@router.post("/v1/registrations", status_code=202, response_model=RegistrationView)
@personal_answer()
async def create_registration(
    body: RegistrationCreate,
    request: Request,
    session: Transaction,
    caller: Annotated[Caller, allow("unregistered", level=1)],
) -> JSONResponse:
    """Propose to be registered. An officer of the unit decides; nothing counts before. Proposing again replaces it."""
    claims = _claims_of(caller)
    linked = await _population_of(request.app.state.runtime, claims)
    unit = await unit_of_body(session, body.unit_code)
    stated = body.model_dump(exclude={"unit_code"})
    registration = await propose_registration(session, caller.account, claims, unit, stated, linked)
    view = RegistrationView.of(registration, unit.code)
    headers = {"Location": f"/v1/registrations/{registration.id}"}
    return JSONResponse(view.model_dump(mode="json"), 202, headers)


def _claims_of(caller: Caller) -> Claims:
    if caller.sealed_claims is None:
        raise Unauthenticated()
    return open_claims(caller.sealed_claims)


async def _population_of(runtime: Runtime, claims: Claims) -> Mapping[str, Any]:
    """What the population database knows; nothing where it does not answer in time. Before the transaction's first statement."""
    databases = databases_of(runtime)
    if claims.personal_id is None or "population" not in databases.urls:
        return {}
    [result] = await databases.query(["population"], claims.personal_id, get_registry_settings().source_seconds)
    return result.answer.values if result.answer else {}


@router.get("/v1/registrations")
async def list_registrations(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
    unit_code: str | None = None,
    status: RegistrationStatus | None = None,
) -> Listed[RegistrationView]:
    """Proposals of the caller's units, oldest first."""
    purpose_code = purpose_of(caller, None, purpose)
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await registrations.list_registrations(session, caller, unit_code, status, page)
    shown = [row.id for row in rows]
    await record_list(session, caller, shown, action="registrations", purpose=purpose_code, fields=FIELDS)
    units = await units_of(session, [row.unit_id for row in rows])
    return Listed(items=[RegistrationView.of(row, units[row.unit_id].code) for row in rows], next_cursor=cursor)


@router.get("/v1/registrations/{registration_id}")
async def get_registration(
    registration_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("unregistered", "officer", level=1)],
    purpose: PurposeHeader = None,
) -> RegistrationView:
    """A proposal: the person's own, or one of the caller's units."""
    purpose_code = None if caller.role == "unregistered" else purpose_of(caller, None, purpose)
    found = await get_registration_of(session, caller, registration_id)
    if caller.role == "officer":
        record_access(
            session, "registry", caller, found.id, action="registrations", purpose=purpose_code, fields=FIELDS
        )
    return await _view(session, found)


@router.post("/v1/registrations/{registration_id}/decision")
@personal_answer("/v1/registrations/{registration_id}")
async def decide_on_registration(
    registration_id: UUID,
    body: RegistrationDecision,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
) -> RegistrationView:
    """Register the person, or refuse. An accepted person signs in as a resident from then on."""
    found = await get_registration_of(session, caller, registration_id, for_update=True)
    purpose_code = purpose_of(caller, None, purpose or "correction")
    record_access(session, "registry", caller, found.id, action="decision", purpose=purpose_code, fields=FIELDS)
    if body.decision == "refuse":
        refuse_registration(session, found, caller.account, body.note)
        return await _view(session, found)
    unit = (await units_of(session, [found.unit_id]))[found.unit_id]
    if body.unit_code:
        unit = await unit_of_body(session, body.unit_code)
        await require_unit(session, caller, unit.id, is_known=True)
    changes = {"sex": body.sex, "household_code": body.household_code}
    await accept_registration(session, found, unit, changes, caller.account, body.note)
    return await _view(session, found)


async def _view(session: Session, registration: Registration) -> RegistrationView:
    unit = (await units_of(session, [registration.unit_id]))[registration.unit_id]
    return RegistrationView.of(registration, unit.code)
