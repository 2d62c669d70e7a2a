"""Operations on representatives: who may act for a resident, and for whom the caller may act."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.levels import MAX_AGE_SECONDS
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PurposeHeader, Reading, Transaction, allow, created, transactional_router
from registry.commands.access import record_read, record_with_reason
from registry.commands.representations import NewRepresentation, end_representation, name_representative, name_staff
from registry.model.representations import Basis, Representation
from registry.model.residents import Resident
from registry.queries.identity_links import records_of, survivor_of
from registry.queries.organizations import find_organizations, get_organization, list_owned
from registry.queries.representations import (
    find_representation,
    find_staff,
    list_representatives,
    list_represented,
    list_staff,
    survivors_of,
)
from registry.queries.residents import get_resident
from registry.schemas.representations import (
    EndReason,
    RepresentativeCreate,
    RepresentativeView,
    RepresentedView,
    StaffCreate,
)

router = transactional_router(tags=["representatives"])
FIELDS = ["representatives"]
UNKNOWN = FieldError("/representative_id", "unknown-resident", "Không có người dân này.", "There is no such resident.")
BY_OFFICER = FieldError("/basis", "officer-only", "Chỉ công chức ghi được căn cứ này, khi đã xem giấy tờ.",
                        "Only an officer who has seen the paper states this basis.")  # fmt: skip

BY_PERSON = FieldError("/basis", "person-only", "Chỉ chính người dân đồng ý được; công chức ghi giấy tờ đã xem.",
                       "Only the person consents; an officer states the paper that was seen.")  # fmt: skip


@router.post("/v1/residents/{resident_id}/representatives", status_code=201, response_model=RepresentativeView)
@personal_answer()
async def create_representative(
    resident_id: UUID,
    body: RepresentativeCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2, max_age=MAX_AGE_SECONDS)],
) -> JSONResponse:
    """Let a person act for a resident: by the resident, or by an officer of the unit with a paper."""
    resident = await get_resident(session, caller, resident_id, for_update=True)
    basis = body.basis or ("consent" if caller.role == "resident" else "paper")
    if (basis == "consent") != (caller.role == "resident"):
        raise InvalidBody(errors=[BY_OFFICER if caller.role == "resident" else BY_PERSON])
    representative = await survivor_of(session, body.representative_id)
    if representative is None:
        raise InvalidBody(errors=[UNKNOWN])
    named = NewRepresentation(representative, body.scope, body.until, basis, body.paper)
    representation = await name_representative(session, resident, named, caller.account)
    record_read(session, caller, resident, action="representative-named", purpose="correction", fields=FIELDS)
    view = RepresentativeView.of(representation, representative)
    return created(view, f"/v1/residents/{resident_id}/representatives/{representation.id}")


@router.get("/v1/residents/{resident_id}/representatives")
async def list_resident_representatives(
    resident_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> Listed[RepresentativeView]:
    """Who may act for a resident, and who might."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    found = await list_representatives(session, resident.id)
    record_read(session, caller, resident, action="representatives", purpose=purpose_code, fields=FIELDS)
    people = await survivors_of(session, [each.representative_id for each in found])
    return Listed(items=[RepresentativeView.of(each, people[each.representative_id]) for each in found])


@router.get("/v1/residents/{resident_id}/representatives/{representation_id}")
async def get_representative(
    resident_id: UUID,
    representation_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> RepresentativeView:
    """One representation."""
    purpose_code = purpose_of(caller, resident_id, purpose)
    resident = await get_resident(session, caller, resident_id)
    found = await find_representation(session, resident.id, representation_id)
    if found is None:
        raise NotFound()
    record_read(session, caller, resident, action="representatives", purpose=purpose_code, fields=FIELDS)
    people = await survivors_of(session, [found.representative_id])
    return RepresentativeView.of(found, people[found.representative_id])


@router.delete("/v1/residents/{resident_id}/representatives/{representation_id}", status_code=204)
async def delete_representative(
    resident_id: UUID,
    representation_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "officer", level=2)],
    body: EndReason | None = None,
    reason: Annotated[str | None, Query(min_length=3, max_length=300)] = None,
) -> Response:
    """End it: by the resident, by the representative, or by an officer of the unit. It counts within 60 s."""
    found = await _ended_by(session, caller, resident_id, representation_id)
    stated = (body.reason if body else None) or reason
    if caller.role == "officer":
        resident = await session.get_one(Resident, resident_id)
        record_with_reason(session, caller, resident, action="representative-ended", purpose="correction",
                           fields=FIELDS, reason=stated or "-")  # fmt: skip
    await end_representation(session, found, caller.account, stated)
    return Response(status_code=204)


async def _ended_by(session: Session, caller: Caller, resident_id: UUID, representation_id: UUID) -> Representation:
    """The representation, locked, where the caller may end it; 404 otherwise."""
    found = await find_representation(session, resident_id, representation_id)
    if found is None:
        raise NotFound()
    if caller.resident_id and found.representative_id in await records_of(session, caller.resident_id):
        return found
    await get_resident(session, caller, resident_id)
    return found


@router.post("/v1/organizations/{organization_id}/representatives", status_code=201, response_model=RepresentativeView)
@personal_answer()
async def create_organization_representative(
    organization_id: UUID,
    body: StaffCreate,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "organization", "officer", level=2, max_age=MAX_AGE_SECONDS)],
) -> JSONResponse:
    """Let a member of staff act for an organization: by its confirmed owner, or by an officer of its unit with a paper."""
    organization = await get_organization(session, caller, organization_id, "create_organization_representative")
    representative = await survivor_of(session, body.representative_id)
    if representative is None:
        raise InvalidBody(errors=[UNKNOWN])
    basis: Basis = "paper" if caller.role == "officer" else "consent"
    named = NewRepresentation(representative, body.scope, body.until, basis)
    representation = await name_staff(session, organization, named, caller.account)
    view = RepresentativeView.of(representation, representative)
    return created(view, f"/v1/organizations/{organization_id}/representatives")


@router.get("/v1/organizations/{organization_id}/representatives")
async def list_organization_representatives(
    organization_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "organization", "officer", level=2)],
    purpose: PurposeHeader = None,
) -> Listed[RepresentativeView]:
    """Who may act for an organization beside its owner, and who might."""
    organization = await get_organization(session, caller, organization_id, "list_organization_representatives")
    purpose_code = purpose_of(caller, None, purpose) if caller.role == "officer" else None
    found = await list_staff(session, organization.id)
    people = await survivors_of(session, [each.representative_id for each in found])
    if caller.role == "officer":
        for person in people.values():
            record_access(session, "registry", caller, person.id, action="representatives", purpose=purpose_code,
                          fields=FIELDS)  # fmt: skip
    return Listed(items=[RepresentativeView.of(each, people[each.representative_id]) for each in found])


@router.delete("/v1/organizations/{organization_id}/representatives/{representation_id}", status_code=204)
async def delete_organization_representative(
    organization_id: UUID,
    representation_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "organization", "officer", level=2)],
) -> Response:
    """End it: by the owner, by the member of staff, or by an officer of the unit. It counts within 60 s."""
    found = await find_staff(session, organization_id, representation_id)
    if found is None:
        raise NotFound()
    if caller.resident_id is None or found.representative_id not in await records_of(session, caller.resident_id):
        await get_organization(session, caller, organization_id, "delete_organization_representative")
    await end_representation(session, found, caller.account, None)
    return Response(status_code=204)


@router.get("/v1/me/representations")
async def list_own_representations(
    session: Reading, caller: Annotated[Caller, allow("resident", level=1)]
) -> Listed[RepresentedView]:
    """For whom the caller may act today: people who named the caller, and organizations that the caller owns."""
    if caller.resident_id is None:
        raise Forbidden()
    found = await list_represented(session, caller.resident_id)
    people = await survivors_of(session, [each.resident_id for each in found])
    owned = await list_owned(session, caller.resident_id)
    firms = await find_organizations(session, [each.organization_id for each in found])
    items = [
        RepresentedView.of_resident(each, people[each.resident_id]) for each in found if each.resident_id in people
    ]
    items += [
        RepresentedView.of_staff(each, firms[each.organization_id]) for each in found if each.organization_id in firms
    ]
    items += [RepresentedView.of_owner(one) for one in owned]
    return Listed(items=items)
