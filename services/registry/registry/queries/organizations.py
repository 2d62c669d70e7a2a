"""Organizations as their readers may see them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.encryption import blind_indexes
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_of, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.organizations import Organization
from registry.model.residents import Identifier


class PlacedOrganization(NamedTuple):
    """An organization and the code of its unit."""

    organization: Organization
    unit_code: str


async def get_organization(session: ReadSession, caller: Caller, organization_id: UUID) -> Organization:
    """An organization that the caller may see: their own, one they represent, or one of their units; 404 otherwise."""
    organization = await session.get(Organization, organization_id)
    if organization is None or not await may_see_organization(session, caller, organization):
        raise NotFound()
    return organization


async def may_see_organization(session: ReadSession, caller: Caller, organization: Organization) -> bool:
    """Whether an organization is within the caller's reach."""
    if caller.role == "organization":
        return caller.organization_id == organization.id
    if caller.role == "resident":
        return organization.representative_id is not None and caller.is_resident(organization.representative_id)
    return await covers(session, caller, organization.unit_id)


async def find_organization_by_tax_code(session: ReadSession, tax_code: str) -> Organization | None:
    """The organization with a tax code, wherever it is."""
    found = await session.exec(
        select(Organization)
        .join(Identifier, col(Identifier.organization_id) == col(Organization.id))
        .where(col(Identifier.index).in_(blind_indexes("tax_code", tax_code)))
    )
    return found.first()


async def list_organizations(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[PlacedOrganization], str | None]:
    """Organizations of the caller's units."""
    query = select(Organization)
    if caller.role == "organization":
        query = query.where(Organization.id == caller.organization_id)
    elif caller.role == "resident":
        query = query.where(Organization.representative_id == caller.resident_id)
    else:
        query = scoped(query, caller, col(Organization.unit_id))
    if unit_code is not None:
        query = query.where(col(Organization.unit_id).in_(units_under(unit_code)))
    rows, cursor = await page_by_id(session, query, Organization.id, page)
    return await with_units(session, rows), cursor


async def with_units(session: ReadSession, rows: Sequence[Organization]) -> list[PlacedOrganization]:
    """Organizations with the codes of their units."""
    units = await units_of(session, list({row.unit_id for row in rows}))
    return [PlacedOrganization(row, units[row.unit_id].code) for row in rows]
