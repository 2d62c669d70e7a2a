"""Residents, organizations and units as casework knows them from their owners' announcements."""

from typing import Any
from uuid import UUID

from sqlalchemy import false
from sqlmodel import col, select

from casework.model.dossiers import Dossier
from casework.model.people import KnownOrganization, KnownResident
from chassis.clock import today
from chassis.errors import NotYetKnown
from chassis.security.identity import Caller
from chassis.security.scope import covers, units_of, valid_on
from chassis.storage.database import ReadSession
from chassis.storage.replication import wait_until_replicated
from chassis.storage.tables import KnownLineage, KnownUnit
from replicas.queries import find_survivor, merged_into


async def get_resident(session: ReadSession, resident_id: UUID) -> KnownResident:
    """The resident, or the survivor of a merge; waits a second for the announcement, then NotYetKnown."""
    return await wait_until_replicated(lambda: find_resident(session, resident_id))


async def get_organization(session: ReadSession, organization_id: UUID) -> KnownOrganization:
    """The organization; waits a second for the announcement, then NotYetKnown."""
    return await wait_until_replicated(lambda: _find_organization(session, organization_id))


async def representative_of(session: ReadSession, dossier: Dossier) -> UUID | None:
    """The resident whose attributes stand in the form of an organization's dossier."""
    if dossier.organization_id is None:
        return None
    organization = await _find_organization(session, dossier.organization_id)
    return organization.representative_id if organization else None


async def find_resident(session: ReadSession, resident_id: UUID) -> KnownResident | None:
    """The resident, or the survivor of a merge, or None."""
    return await find_survivor(session, KnownResident, resident_id)


async def may_read(session: ReadSession, caller: Caller, person: KnownResident) -> bool:
    """Whether the registry shows this person's attributes to the caller: oneself, or officers of the person's units."""
    if caller.role == "officer":
        return await covers(session, caller, person.unit_id)
    return caller.is_resident(person.id)


def own(column: Any, person_id: UUID | None) -> Any:
    """The condition "is this person's"; rows without a person never match a caller without a person."""
    return false() if person_id is None else column == person_id


def own_or_merged(column: Any, resident_id: UUID | None) -> Any:
    """The condition "is this resident's, or that of a duplicate merged into them"."""
    return own(column, resident_id) | (column.in_(merged_into(KnownResident, resident_id)) if resident_id else false())


KINDS = {
    "province": "tỉnh",
    "commune": "xã",
    "ward": "phường",
    "township": "thị trấn",
    "district": "huyện",
    "city": "thành phố",
    "town": "thị xã",
}


def full_name(unit: KnownUnit) -> str:
    """The People's Committee of a unit by its full name, e.g. "Ủy ban nhân dân xã Đồng Tiến"."""
    return f"Ủy ban nhân dân {unit_name(unit)}"


def unit_name(unit: KnownUnit) -> str:
    """A unit with its kind, e.g. "xã Đồng Tiến"."""
    return f"{KINDS.get(unit.kind, '')} {unit.name}".strip()


async def commune_of(session: ReadSession, unit_id: UUID) -> KnownUnit:
    """The unit itself, or the commune above a village, in today's tree; raises NotYetKnown for an unknown unit."""
    for _ in range(4):
        unit = (await units_of(session, [unit_id])).get(unit_id)
        if unit is None:
            raise NotYetKnown()
        if unit.level != "village":
            return unit
        unit_id = await _parent_of(session, unit)
    raise NotYetKnown()


async def province_of(session: ReadSession, unit_id: UUID) -> KnownUnit:
    """The province above a unit in today's tree; raises NotYetKnown for an unknown unit."""
    for _ in range(4):
        unit = (await units_of(session, [unit_id])).get(unit_id)
        if unit is None:
            raise NotYetKnown()
        if unit.level == "province":
            return unit
        unit_id = await _parent_of(session, unit)
    raise NotYetKnown()


async def _parent_of(session: ReadSession, unit: KnownUnit) -> UUID:
    """The lineage names parents by id or, where it does not, by the code before its own in the path."""
    found = await session.exec(
        select(KnownLineage).where(KnownLineage.unit_id == unit.id, valid_on(KnownLineage, today()))
    )
    place = found.first()
    if place is None or "/" not in place.path:
        raise NotYetKnown()
    if place.parent_id is not None:
        return place.parent_id
    above = place.path.rsplit("/", 1)[0]
    parents = await session.exec(
        select(KnownLineage.unit_id).where(col(KnownLineage.path) == above, valid_on(KnownLineage, today()))
    )
    parent = parents.first()
    if parent is None:
        raise NotYetKnown()
    return parent


async def _find_organization(session: ReadSession, organization_id: UUID) -> KnownOrganization | None:
    found = await session.exec(select(KnownOrganization).where(KnownOrganization.id == organization_id))
    return found.first()
