"""Proposals to register a person, within the reach of a caller."""

from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import Session
from chassis.web.routing import Page, page_by_id
from registry.model.registrations import Registration


async def get_registration(
    session: Session, caller: Caller, registration_id: UUID, *, for_update: bool = False
) -> Registration:
    """A proposal of the caller's own account or units; 404 otherwise."""
    found = await session.get(Registration, registration_id, with_for_update=for_update or None)
    if found is None:
        raise NotFound()
    is_own = caller.role == "unregistered" and found.account == caller.account
    if not is_own and not (caller.role == "officer" and await covers(session, caller, found.unit_id)):
        raise NotFound()
    return found


async def list_registrations(
    session: Session, caller: Caller, unit_code: str | None, status: str | None, page: Page
) -> tuple[list[Registration], str | None]:
    """Proposals of the caller's units, oldest first."""
    query = scoped(select(Registration), caller, col(Registration.unit_id))
    if unit_code is not None:
        query = query.where(col(Registration.unit_id).in_(units_under(unit_code)))
    if status is not None:
        query = query.where(col(Registration.status) == status)
    return await page_by_id(session, query, Registration.id, page)
