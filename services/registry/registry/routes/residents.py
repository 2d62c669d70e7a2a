"""Operations on residents."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.responses import JSONResponse

from chassis.clock import now
from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query, units_of
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
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
    language_of,
    require_match,
)
from registry.commands.access import record_list, record_read, record_with_reason
from registry.commands.deaths import correct_death
from registry.commands.residents import (
    Newcomer,
    amend_resident,
    household_ids,
    new_identity,
    register_resident,
    rehouse_resident,
    relocate_resident,
    renumber_resident,
)
from registry.errors import ResidentExists
from registry.identifiers import IdentifierError, check_document, document_of, personal_id_warnings
from registry.model.attributes import SELF_STATED, STATED, STORED
from registry.model.authority import refuse_pupils
from registry.model.ranking import origin_of
from registry.model.residents import Resident
from registry.queries import residents
from registry.queries.numbers import refuse_numbers_in_url
from registry.queries.residents import (
    ResidentFilter,
    find_number_owners,
    find_resident_by_number,
    may_see,
    read_resident,
    with_codes,
)
from registry.routes.references import reference_router
from registry.schemas.residents import (
    LookedUp,
    LookupBody,
    LookupsBody,
    LookupsView,
    ResidentCreate,
    ResidentPatch,
    ResidentView,
    WarningView,
)

router = reference_router(tags=["residents"])
AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]


@router.post("/v1/residents", status_code=201, response_model=ResidentView)
@personal_answer()
async def create_resident(
    body: ResidentCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    accept_language: AcceptLanguage = None,
) -> JSONResponse:
    """Register a resident; the same person again answers 409 `resident-exists`."""
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    stated = body.model_dump()
    if wrong := _wrong_verification(stated, stated["phone"]):
        raise InvalidBody(errors=wrong)
    try:
        resident = await register_resident(session, await _newcomer(session, body, unit))
    except ResidentExists as error:
        await _name_if_in_scope(session, caller, error)
        raise
    [placed] = await with_codes(session, [resident])
    view = ResidentView.of(placed, caller)
    view.warnings = _warnings(body, accept_language)
    return created(view, f"/v1/residents/{resident.id}", version=resident.version)


async def _newcomer(session: Session, body: ResidentCreate, unit: KnownUnit) -> Newcomer:
    household_id, code = None, body.model_dump()["household_code"]
    if code:
        key = (unit.id, code)
        household_id = (await household_ids(session, [key]))[key]
    values = body.model_dump(include=set(STATED))
    identity = new_identity(body.model_dump())
    return Newcomer(unit, household_id, identity, values, origin_of("officer", now()))


async def _name_if_in_scope(session: Session, caller: Caller, error: ResidentExists) -> None:
    known = await session.get(Resident, error.resident_id)
    if known is not None and await may_see(session, caller, known):
        error.members = {"resident_id": str(known.id), "id": str(known.id)}


def _warnings(body: ResidentCreate, accept_language: str | None) -> list[WarningView]:
    vietnamese = language_of(accept_language) == "vi"
    return [
        WarningView(pointer="/personal_id", code=found.code, message=found.vi if vietnamese else found.en)
        for found in personal_id_warnings(body.personal_id, body.date_of_birth, body.sex)
    ]


@router.get("/v1/residents")
async def list_residents(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "volunteer", "resident", "service", level=1, acting="any")],
    purpose: PurposeHeader = None,
    unit_code: str | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    status: str | None = None,
    household_code: str | None = None,
) -> Listed[ResidentView]:
    """Residents of the caller's units; the list is recorded in the access log of each."""
    if caller.role == "resident" and caller.resident_id:
        own = await residents.get_resident(session, caller, caller.resident_id)
        return Listed(items=[ResidentView.of(placed, caller) for placed in await with_codes(session, [own])])
    purpose_code = purpose_of(caller, None, purpose)
    refuse_numbers_in_url(q)
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await residents.list_residents(
        session, caller, ResidentFilter(unit_code, q, status, household_code), page
    )
    views = [ResidentView.of(one, caller, in_list=True) for one in await with_codes(session, rows)]
    shown = {view.id: [name for name in STORED if getattr(view, name) is not None] for view in views}
    await record_list(session, caller, list(shown), action="list", purpose=purpose_code, fields=shown)
    return Listed(items=views, next_cursor=cursor)


@router.post("/v1/residents/lookup")
@personal_answer()
async def look_up_resident(
    body: LookupBody,
    session: Transaction,
    caller: Annotated[Caller, allow("officer", "volunteer", "service")],
    purpose: PurposeHeader = None,
) -> ResidentView:
    """The resident with this number, in the caller's units; 404 otherwise."""
    refuse_pupils(caller)
    purpose_code = purpose_of(caller, None, purpose)
    resident = await find_resident_by_number(session, body.personal_id)
    if resident is None or not await may_see(session, caller, resident):
        raise NotFound()
    record_read(session, caller, resident, action="lookup", purpose=purpose_code, fields=STORED)
    [placed] = await with_codes(session, [resident])
    return ResidentView.of(placed, caller)


@router.post("/v1/residents/lookups")
@personal_answer()
async def look_up_residents(
    body: LookupsBody,
    session: Transaction,
    caller: Annotated[Caller, allow("service")],
    purpose: PurposeHeader = None,
) -> LookupsView:
    """The owners of numbers, by id and unit alone: for lists that another service imports."""
    purpose_code = purpose_of(caller, None, purpose)
    owners = await find_number_owners(session, body.personal_ids)
    found = sorted({owner.id for owner in owners if owner.id})
    await record_list(
        session, caller, found, action="lookup", purpose=purpose_code, fields=["personal_id", "unit_code"]
    )
    return LookupsView(items=[LookedUp.of(owner) for owner in owners])


@router.get("/v1/residents/{resident_id}", response_model=ResidentView)
async def get_resident(
    resident_id: UUID,
    request: Request,
    caller: Annotated[Caller, allow("resident", "officer", "volunteer", "service", level=1, acting="any")],
    purpose: PurposeHeader = None,
) -> Response:
    """A resident; the personal number is masked, reading another person's record needs a purpose."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    database = request.app.state.runtime.database
    placed = await read_resident(database, caller, resident_id, purpose=purpose_code, fields=STORED)
    headers = {"ETag": etag(placed.resident.version)}
    return Response(ResidentView.of(placed, caller).model_dump_json(), media_type="application/json", headers=headers)


@router.patch("/v1/residents/{resident_id}")
async def update_resident(
    resident_id: UUID,
    body: ResidentPatch,
    session: Transaction,
    response: Response,
    caller: Annotated[Caller, allow("resident", "officer", level=1)],
    if_match: IfMatch = None,
    purpose: PurposeHeader = None,
) -> ResidentView:
    """Change attributes. A value of a higher source stays, and the new one becomes a correction to decide.

    `deceased_on`: null takes a death back, another day corrects it; the day before stays in the attribute's history. An
    empty change is a read.
    """
    stated = body.model_dump(exclude_unset=True)
    reason = stated.pop("reason", None)
    purpose_code = purpose_of(caller, resident_id, purpose or ("correction" if stated else None))
    resident = await residents.get_resident(session, caller, resident_id, for_update=True)
    require_match(if_match, resident.version)
    if caller.role == "resident" and stated.keys() - SELF_STATED:
        raise Forbidden()
    _check_against_known(resident, stated)
    contested = await _apply_changes(session, caller, resident, stated)
    if reason and not caller.is_resident(resident_id):
        record_with_reason(session, caller, resident, action="change", purpose=purpose_code, fields=sorted(stated),
                           reason=reason)  # fmt: skip
    else:
        action, fields = ("change", sorted(stated)) if stated else ("read", STORED)
        record_read(session, caller, resident, action=action, purpose=purpose_code, fields=fields)
    response.headers["ETag"] = etag(resident.version)
    [placed] = await with_codes(session, [resident])
    view = ResidentView.of(placed, caller)
    view.pending_corrections = sorted(contested)
    return view


async def _apply_changes(
    session: Session, caller: Caller, resident: Resident, stated: dict[str, Any]
) -> Mapping[str, Any]:
    """Apply a change, each part by its own command; the values that have to be decided."""
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    if stated.get("unit_code"):
        new_unit = await unit_of_body(session, stated["unit_code"])
        await require_unit(session, caller, new_unit.id, is_known=True)
        await relocate_resident(session, resident, unit, new_unit)
        unit = new_unit
    if "household_code" in stated:
        await rehouse_resident(session, resident, unit, stated["household_code"])
    if stated.get("personal_id"):
        await renumber_resident(session, resident, unit, stated["personal_id"])
        stated.setdefault("id_document", document_of(stated["personal_id"]))
    if "phone" in stated and "phone_owner_verified" not in stated and stated["phone"] != resident.value("phone"):
        # The owner of a new number is not verified until it is stated.
        stated["phone_owner_verified"] = False
    source = "resident" if caller.role == "resident" else "officer"
    done = await amend_resident(session, resident, unit, stated, origin_of(source, now()), caller.account)
    if "deceased_on" in stated:
        await correct_death(session, resident, unit, stated["deceased_on"])
    return done.contested


def _check_against_known(resident: Resident, stated: dict[str, Any]) -> None:
    """422 with every field that contradicts what is known of the person."""
    wrong = []
    if stated.get("id_document") and not stated.get("personal_id"):
        try:
            check_document(resident.value("personal_id"), stated["id_document"])
        except IdentifierError as error:
            wrong.append(FieldError("/id_document", error.finding.code, error.finding.vi, error.finding.en))
    born = stated.get("date_of_birth") or resident.born
    if stated.get("deceased_on") and stated["deceased_on"] < born:
        wrong.append(FieldError("/deceased_on", "death-before-birth", "Ngày mất trước ngày sinh.",
                                "The day of death lies before the day of birth."))  # fmt: skip
    phone = stated["phone"] if "phone" in stated else resident.value("phone")
    wrong += _wrong_verification(stated, phone)
    if wrong:
        raise InvalidBody(errors=wrong)


def _wrong_verification(stated: Mapping[str, Any], phone: str | None) -> list[FieldError]:
    """Only the owner of a phone that is there can be verified."""
    if not stated.get("phone_owner_verified") or phone:
        return []
    return [FieldError("/phone_owner_verified", "phone-missing", "Không có số điện thoại để xác nhận chính chủ.",
                       "There is no phone whose owner could be verified.")]  # fmt: skip
