"""Operations on organizations."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query, units_of
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import IfMatch, Listed, PageQuery, Reading, Transaction, allow, created, etag, require_match
from registry.commands import representatives
from registry.commands.organizations import NewOrganization, amend_organization, register_organization
from registry.commands.representatives import adopt_claim
from registry.model.organizations import CLAIMED, Organization, RepresentativeClaim
from registry.model.residents import Resident
from registry.queries import organizations
from registry.queries.organizations import (
    find_organization_by_tax_code,
    get_for_decision,
    list_claims,
    relation_to,
    with_units,
)
from registry.routes.references import reference_router, refuse_unknown_references
from registry.schemas.organizations import (
    OrganizationCreate,
    OrganizationPatch,
    OrganizationView,
    RepresentativeClaimView,
    RepresentativeDecision,
    RepresentativeStatus,
    TaxCodeBody,
)

router = reference_router(tags=["organizations"])


@router.post("/v1/organizations", status_code=201, response_model=OrganizationView)
@personal_answer()
async def create_organization(
    body: OrganizationCreate, session: Transaction, caller: Annotated[Caller, allow("officer", "resident", level=1)]
) -> JSONResponse:
    """Register an organization; a resident claims to represent it, and an officer of its unit decides on the claim."""
    await refuse_unknown_references(session, body.model_dump())
    unit = await unit_of_body(session, body.unit_code)
    representative_id = body.representative.resident_id if body.representative else None
    if caller.role == "resident":
        if representative_id != caller.resident_id:
            raise Forbidden()
    else:
        await require_unit(session, caller, unit.id, is_known=True)
    organization = await register_organization(
        session,
        NewOrganization(
            unit,
            body.tax_code,
            body.name,
            body.kind,
            representative_id,
            body.phone,
            body.has_smartphone,
            recorded_by="resident" if caller.role == "resident" else "officer",
        ),
    )
    [placed] = await with_units(session, [organization])
    return created(
        OrganizationView.of(placed, caller), f"/v1/organizations/{organization.id}", version=organization.version
    )


@router.get("/v1/organizations")
async def list_organizations(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "volunteer", "organization", "resident", level=1, acting="any")],
    unit_code: str | None = None,
    representative_status: RepresentativeStatus | None = None,
    q: Annotated[str | None, Query(max_length=100, description="A name with or without accents, or a tax code")] = None,
) -> Listed[OrganizationView]:
    """Organizations of the caller; `representative_status=claimed` lists those whose representative awaits a decision."""
    if unit_code is not None and caller.role in ("officer", "volunteer"):
        await unit_of_query(session, caller, unit_code)
    found, cursor = await organizations.list_organizations(session, caller, unit_code, representative_status, q, page)
    return Listed(items=[OrganizationView.of(placed, caller) for placed in found], next_cursor=cursor)


@router.post("/v1/organizations/lookup")
@personal_answer()
async def look_up_organization(
    body: TaxCodeBody, session: Reading, caller: Annotated[Caller, allow("officer", "service")]
) -> OrganizationView:
    """The organization with this tax code, in the caller's units; 404 otherwise."""
    organization = await find_organization_by_tax_code(session, body.tax_code)
    if organization is None or await relation_to(session, caller, organization) is None:
        raise NotFound()
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


@router.get("/v1/organizations/{organization_id}")
async def get_organization(
    organization_id: UUID,
    session: Reading,
    response: Response,
    caller: Annotated[
        Caller, allow("officer", "volunteer", "organization", "resident", "service", level=1, acting="any")
    ],
) -> OrganizationView:
    """An organization, for its representative and officers of the unit."""
    organization = await organizations.get_organization(session, caller, organization_id)
    response.headers["ETag"] = etag(organization.version)
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


@router.patch("/v1/organizations/{organization_id}")
async def update_organization(
    organization_id: UUID,
    body: OrganizationPatch,
    session: Transaction,
    response: Response,
    caller: Annotated[Caller, allow("officer", "organization", "resident", level=1)],
    if_match: IfMatch = None,
) -> OrganizationView:
    """Changes an organization."""
    organization = await organizations.get_organization(session, caller, organization_id, "update_organization")
    require_match(if_match, organization.version)
    stated = body.model_dump(exclude_unset=True)
    if caller.role != "officer" and stated.keys() - {"name", "phone", "has_smartphone"}:
        raise Forbidden()
    await refuse_unknown_references(session, stated)
    unit = (await units_of(session, [organization.unit_id]))[organization.unit_id]
    if stated.get("unit_code"):
        unit = await unit_of_body(session, stated["unit_code"])
        await require_unit(session, caller, unit.id, is_known=True)
    stated.pop("unit_code", None)
    if "representative" in stated:
        representative = stated.pop("representative")
        stated["representative_id"] = representative["resident_id"] if representative else None
    await amend_organization(session, organization, unit, stated)
    response.headers["ETag"] = etag(organization.version)
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


@router.get("/v1/organizations/{organization_id}/representative/claims")
async def list_representative_claims(
    organization_id: UUID, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> Listed[RepresentativeClaimView]:
    """The claims to represent an organization, oldest first."""
    organization = await get_for_decision(session, caller, organization_id)
    await adopt_claim(session, organization)
    claims = await list_claims(session, organization)
    return Listed(items=[RepresentativeClaimView.of(claim, organization) for claim in claims])


@router.post("/v1/organizations/{organization_id}/representative/confirmation")
@personal_answer("/v1/organizations/{organization_id}")
async def confirm_representative(
    organization_id: UUID,
    session: Transaction,
    response: Response,
    caller: Annotated[Caller, allow("officer")],
    body: RepresentativeDecision | None = None,
) -> OrganizationView:
    """Confirm a claim: from now on the resident may act for the organization. Another confirmed one is replaced."""
    organization = await get_for_decision(session, caller, organization_id)
    claim = await _claim_of(session, organization, body)
    resident = await session.get_one(Resident, claim.resident_id)
    await representatives.confirm_representative(session, organization, claim, resident, caller.account)
    response.headers["ETag"] = etag(organization.version)
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


@router.post("/v1/organizations/{organization_id}/representative/refusal")
@personal_answer("/v1/organizations/{organization_id}")
async def refuse_representative(
    organization_id: UUID,
    session: Transaction,
    response: Response,
    caller: Annotated[Caller, allow("officer")],
    body: RepresentativeDecision | None = None,
) -> OrganizationView:
    """Refuse a claim, or take a confirmation back; the reason is shown to officers."""
    organization = await get_for_decision(session, caller, organization_id)
    claim = await _claim_of(session, organization, body)
    reason = body.reason if body else None
    await representatives.refuse_representative(session, organization, claim, caller.account, reason)
    response.headers["ETag"] = etag(organization.version)
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


async def _claim_of(
    session: Session, organization: Organization, body: RepresentativeDecision | None
) -> RepresentativeClaim:
    """The claim that a decision names, or the only one; 404 for none, 422 when it has to be named."""
    await adopt_claim(session, organization)
    claims = await list_claims(session, organization)
    wanted = body.resident_id if body else None
    still_open = [claim for claim in claims if claim.status == CLAIMED]
    found = [claim for claim in claims if claim.resident_id == wanted] if wanted else still_open or claims
    if wanted is None and len(found) > 1:
        raise InvalidBody(errors=[FieldError("/resident_id", "required", "Có nhiều yêu cầu, hãy nêu người được duyệt.",
                                             "There are several claims: name the resident.")])  # fmt: skip
    if not found:
        raise NotFound()
    return found[0]
