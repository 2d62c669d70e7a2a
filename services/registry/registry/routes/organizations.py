"""Operations on organizations."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse

from chassis.errors import Forbidden, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query, units_of
from chassis.web.idempotency import personal_answer
from chassis.web.routing import IfMatch, Listed, PageQuery, Reading, Transaction, allow, created, etag, require_match
from registry.commands.organizations import NewOrganization, amend_organization, register_organization
from registry.queries import organizations
from registry.queries.organizations import find_organization_by_tax_code, may_see_organization, with_units
from registry.routes.references import reference_router, refuse_unknown_references
from registry.schemas.organizations import OrganizationCreate, OrganizationPatch, OrganizationView, TaxCodeBody

router = reference_router(tags=["organizations"])


@router.post("/v1/organizations", status_code=201, response_model=OrganizationView)
@personal_answer()
async def create_organization(
    body: OrganizationCreate, session: Transaction, caller: Annotated[Caller, allow("officer", "resident")]
) -> JSONResponse:
    """Register an organization; residents register only what they represent themselves."""
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
        NewOrganization(unit, body.tax_code, body.name, body.kind, representative_id, body.phone, body.has_smartphone),
    )
    [placed] = await with_units(session, [organization])
    return created(
        OrganizationView.of(placed, caller), f"/v1/organizations/{organization.id}", version=organization.version
    )


@router.get("/v1/organizations")
async def list_organizations(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "volunteer", "organization", "resident")],
    unit_code: str | None = None,
) -> Listed[OrganizationView]:
    if unit_code is not None and caller.role in ("officer", "volunteer"):
        await unit_of_query(session, caller, unit_code)
    found, cursor = await organizations.list_organizations(session, caller, unit_code, page)
    return Listed(items=[OrganizationView.of(placed, caller) for placed in found], next_cursor=cursor)


@router.post("/v1/organizations/lookup")
@personal_answer()
async def look_up_organization(
    body: TaxCodeBody, session: Reading, caller: Annotated[Caller, allow("officer", "service")]
) -> OrganizationView:
    """The organization with this tax code, in the caller's units; 404 otherwise."""
    organization = await find_organization_by_tax_code(session, body.tax_code)
    if organization is None or not await may_see_organization(session, caller, organization):
        raise NotFound()
    [placed] = await with_units(session, [organization])
    return OrganizationView.of(placed, caller)


@router.get("/v1/organizations/{organization_id}")
async def get_organization(
    organization_id: UUID,
    session: Reading,
    response: Response,
    caller: Annotated[Caller, allow("officer", "volunteer", "organization", "resident", "service")],
) -> OrganizationView:
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
    caller: Annotated[Caller, allow("officer", "organization", "resident")],
    if_match: IfMatch = None,
) -> OrganizationView:
    organization = await organizations.get_organization(session, caller, organization_id)
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
