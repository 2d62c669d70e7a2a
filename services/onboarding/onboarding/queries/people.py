"""Which residents, organizations and partners this service knows, within the caller's units."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from chassis.database import ReadSession
from chassis.errors import NotYetKnown
from chassis.identity import Caller
from chassis.scope import covers
from onboarding.model.people import KnownOrganization, KnownPartner, KnownResident

Found = TypeVar("Found")

WAIT_SECONDS = 1.0
STEP_SECONDS = 0.05
CYBER_PROTECTION_LICENCE = "cyber_protection"


async def get_resident(
    session: ReadSession, caller: Caller, resident_id: UUID, *, patient: bool = True
) -> KnownResident:
    """The resident (the last survivor, where the record was merged), when the caller may know of them; 404 otherwise.

    `patient` waits a moment for somebody who was registered just now.
    """
    resident = await heard_of(lambda: session.get(KnownResident, resident_id), seconds=WAIT_SECONDS if patient else 0)
    seen = {resident.id}
    while resident.merged_into and resident.merged_into not in seen:
        seen.add(resident.merged_into)
        resident = await _survivor(session, resident.merged_into)
    if caller.role == "resident":
        if caller.resident_id not in (resident_id, resident.id):
            raise NotYetKnown()  # as for an id that nobody has
    elif not await covers(session, caller, resident.unit_id):
        raise NotYetKnown()  # as for an id that nobody has
    return resident


async def _survivor(session: ReadSession, resident_id: UUID) -> KnownResident:
    return await heard_of(lambda: session.get(KnownResident, resident_id))


async def get_organization(session: ReadSession, caller: Caller, organization_id: UUID) -> KnownOrganization:
    """The organization, when the caller may know of it; 404 otherwise."""
    organization = await heard_of(lambda: session.get(KnownOrganization, organization_id))
    own = caller.organization_id == organization_id or (
        caller.resident_id is not None and caller.resident_id == organization.representative_id
    )
    if not own and (
        caller.role in ("organization", "resident") or not await covers(session, caller, organization.unit_id)
    ):
        raise NotYetKnown()  # as for an id that nobody has
    return organization


async def heard_of(find: Callable[[], Awaitable[Found | None]], *, seconds: float = WAIT_SECONDS) -> Found:
    """What another service may have created a moment ago: asks again for a second, then 404 with Retry-After."""
    waited = 0.0
    while (found := await find()) is None:
        if waited >= seconds:
            raise NotYetKnown()
        await asyncio.sleep(STEP_SECONDS)
        waited += STEP_SECONDS
    return found


async def has_licence(session: ReadSession, partner_id: str, kind: str, on: date) -> bool:
    """Whether a partner holds a valid licence of a kind on a day, as the gateway told."""
    partner = await session.get(KnownPartner, partner_id)
    return (
        partner is not None
        and partner.active
        and any(each["kind"] == kind and _is_valid(each, on) for each in partner.licences)
    )


def _is_valid(dated: dict[str, str | None], on: date) -> bool:
    begins, ends = dated.get("valid_from"), dated.get("valid_to")
    return (begins is None or begins <= on.isoformat()) and (ends is None or on.isoformat() <= ends)
