"""Organizations as their readers may see them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func
from sqlmodel import col, select

from chassis.errors import Forbidden, NotFound
from chassis.security.encryption import blind_indexes
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_of, units_under
from chassis.storage.database import ReadSession, Session
from chassis.web.routing import Page, page_by_id
from registry.identifiers import plain
from registry.model.authority import Relation, permits, refuse_pupils
from registry.model.organizations import CLAIMED, CONFIRMED, Organization, RepresentativeClaim
from registry.model.residents import Identifier
from registry.names import fold, words
from registry.queries.numbers import refuse_numbers_in_url


class PlacedOrganization(NamedTuple):
    """An organization and the code of its unit."""

    organization: Organization
    unit_code: str


async def get_organization(
    session: ReadSession, caller: Caller, organization_id: UUID, operation: str = "get_organization"
) -> Organization:
    """An organization within the caller's reach; 404 outside it, 403 where the relation does not permit the operation."""
    organization = await session.get(Organization, organization_id)
    relation = await relation_to(session, caller, organization) if organization else None
    if organization is None or relation is None:
        raise NotFound()
    if not permits(operation, caller.role, relation):
        raise Forbidden()
    return organization


async def relation_to(session: ReadSession, caller: Caller, organization: Organization) -> Relation | None:
    """How a caller relates to an organization; None outside their reach."""
    refuse_pupils(caller)
    if caller.role == "organization":
        return "own" if caller.organization_id == organization.id else None
    if caller.role == "resident":
        return await _relation_of_resident(session, caller, organization)
    if caller.role == "service":
        return "any"
    return "in_unit" if await covers(session, caller, organization.unit_id) else None


async def _relation_of_resident(session: ReadSession, caller: Caller, organization: Organization) -> Relation | None:
    representative_id = organization.confirmed_representative_id
    if representative_id is not None and caller.is_resident(representative_id):
        return "own"
    claims = select(RepresentativeClaim.id).where(
        RepresentativeClaim.organization_id == organization.id, RepresentativeClaim.resident_id == caller.resident_id,
        RepresentativeClaim.status == CLAIMED,
    )  # fmt: skip
    return "claimed" if (await session.exec(claims)).first() else None


async def get_for_decision(session: Session, caller: Caller, organization_id: UUID) -> Organization:
    """An organization, locked, on whose claims the officer decides: of the officer's units; 404 otherwise.

    While a mere claim made the record its unit is no more than claimed, so the officers of every claimed unit decide.
    """
    organization = await session.get(Organization, organization_id, with_for_update=True)
    if organization is None:
        raise NotFound()
    units = {organization.unit_id}
    if organization.is_only_claimed:
        claimed = select(RepresentativeClaim.unit_id).where(RepresentativeClaim.organization_id == organization.id)
        units |= set(await session.exec(claimed))
    for unit_id in sorted(units):
        if await covers(session, caller, unit_id):
            return organization
    raise NotFound()


async def list_claims(session: ReadSession, organization: Organization) -> list[RepresentativeClaim]:
    """The claims to represent an organization, oldest first."""
    query = select(RepresentativeClaim).where(RepresentativeClaim.organization_id == organization.id)
    return list(await session.exec(query.order_by(col(RepresentativeClaim.id))))


async def find_organization_by_tax_code(session: ReadSession, tax_code: str) -> Organization | None:
    """The organization with a tax code, wherever it is."""
    found = await session.exec(
        select(Organization)
        .join(Identifier, col(Identifier.organization_id) == col(Organization.id))
        .where(col(Identifier.index).in_(blind_indexes("tax_code", tax_code)))
    )
    return found.first()


async def list_organizations(
    session: ReadSession, caller: Caller, unit_code: str | None, status: str | None, q: str | None, page: Page
) -> tuple[list[PlacedOrganization], str | None]:
    """Organizations of the caller's units; `q` is a name, or the tax code of an organization that is no person's."""
    refuse_pupils(caller)
    query = select(Organization)
    if caller.role == "organization":
        query = query.where(Organization.id == caller.organization_id)
    elif caller.role == "resident":
        confirmed = (col(Organization.representative_id) == caller.resident_id) & (
            col(Organization.representative_status) == CONFIRMED
        )
        claims = select(RepresentativeClaim.organization_id).where(
            RepresentativeClaim.resident_id == caller.resident_id, RepresentativeClaim.status == CLAIMED
        )
        query = query.where(confirmed | col(Organization.id).in_(claims))
    else:
        query = scoped(query, caller, col(Organization.unit_id))
    if unit_code is not None:
        query = query.where(col(Organization.unit_id).in_(units_under(unit_code)))
    if status is not None:
        query = query.where(col(Organization.representative_status) == status)
    if q is not None and q.strip():
        query = query.where(_searched(q))
    rows, cursor = await page_by_id(session, query, Organization.id, page)
    return await with_units(session, rows), cursor


def _searched(q: str) -> ColumnElement[bool]:
    """By tax code, or by words of the name, with or without accents."""
    number = plain(q)
    if number.isdigit() and len(number) in (10, 13):
        indexes = blind_indexes("tax_code", number)
        owners = select(Identifier.organization_id).where(col(Identifier.index).in_(indexes))
        return col(Organization.id).in_(owners)
    refuse_numbers_in_url(q, "POST /v1/organizations/lookup")
    searched = words(q)
    if not searched:  # signs alone, such as `%`
        return false()
    folded = func.translate(func.lower(func.normalize(col(Organization.name))), _ACCENTED, _BARE)
    return and_(*(folded.regexp_match(rf"\m{word}") for word in searched))


_ACCENTED = "".join(
    chr(c) for c in range(0xC0, 0x1EFA) if chr(c).islower() and fold(chr(c)) != chr(c) and len(fold(chr(c))) == 1
)
_BARE = fold(_ACCENTED)


async def find_organizations(session: ReadSession, ids: Sequence[UUID | None]) -> dict[UUID | None, Organization]:
    """Active organizations by id."""
    wanted = [one for one in ids if one is not None]
    found = await session.exec(select(Organization).where(col(Organization.id).in_(wanted), col(Organization.active)))
    return {organization.id: organization for organization in found}


async def list_owned(session: ReadSession, resident_id: UUID) -> Sequence[Organization]:
    """The active organizations whose confirmed representative a resident is."""
    owned = select(Organization).where(
        Organization.representative_id == resident_id,
        Organization.representative_status == CONFIRMED,
        col(Organization.active),
    )
    return (await session.exec(owned.order_by(col(Organization.id)))).all()


async def with_units(session: ReadSession, rows: Sequence[Organization]) -> list[PlacedOrganization]:
    """Organizations with the codes of their units."""
    units = await units_of(session, list({row.unit_id for row in rows}))
    return [PlacedOrganization(row, units[row.unit_id].code) for row in rows]
