"""Which residents, organizations and partners this service knows, within the caller's units."""

from datetime import date
from uuid import UUID

from chassis.security.identity import Caller
from chassis.security.scope import covers
from chassis.storage.database import ReadSession
from chassis.storage.replication import wait_until_replicated
from onboarding.model.people import KnownOrganization, KnownPartner, KnownResident
from replicas.queries import find_survivor

CYBER_PROTECTION_LICENCE = "cyber_protection"


async def get_resident(
    session: ReadSession, caller: Caller, resident_id: UUID, *, patient: bool = True
) -> KnownResident:
    """The resident (the last survivor, where the record was merged), when the caller may know of them; 404 otherwise.

    `patient` waits a moment for a person who was registered just now.
    """

    async def find() -> KnownResident | None:
        resident = await find_survivor(session, KnownResident, resident_id)
        if resident is None:
            return None
        if caller.role == "resident":
            return resident if caller.resident_id in (resident_id, resident.id) else None
        return resident if await covers(session, caller, resident.unit_id) else None

    could_see = caller.role != "resident" or caller.resident_id == resident_id
    return await wait_until_replicated(find, waits=patient and could_see)


async def get_organization(
    session: ReadSession, caller: Caller, organization_id: UUID, *, patient: bool = True
) -> KnownOrganization:
    """The organization, when the caller may know of it; 404 otherwise. `patient` as for residents."""

    async def find() -> KnownOrganization | None:
        organization = await session.get(KnownOrganization, organization_id)
        if organization is None:
            return None
        own = caller.organization_id == organization_id or (
            caller.resident_id is not None and caller.resident_id == organization.representative_id
        )
        is_official = caller.role not in ("organization", "resident")
        return organization if own or (is_official and await covers(session, caller, organization.unit_id)) else None

    could_see = caller.role != "organization" or caller.organization_id == organization_id
    return await wait_until_replicated(find, waits=patient and could_see)


async def has_licence(session: ReadSession, partner_id: str, kind: str, on: date) -> bool:
    """Whether a partner holds a valid licence of a kind on a day, by the gateway's events."""
    partner = await session.get(KnownPartner, partner_id)
    return (
        partner is not None
        and partner.active
        and any(each["kind"] == kind and _is_valid(each, on) for each in partner.licences)
    )


def _is_valid(dated: dict[str, str | None], on: date) -> bool:
    begins, ends = dated.get("valid_from"), dated.get("valid_to")
    return (begins is None or begins <= on.isoformat()) and (ends is None or on.isoformat() <= ends)
