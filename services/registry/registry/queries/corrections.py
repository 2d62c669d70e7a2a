"""Requests about people's data, with their time limits."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.provenance import Correction
from registry.model.residents import Resident
from registry.queries.residents import may_see


async def list_corrections(session: ReadSession, resident_id: UUID, page: Page) -> tuple[list[Correction], str | None]:
    """All requests about one resident, oldest first."""
    query = select(Correction).where(Correction.resident_id == resident_id)
    return await page_by_id(session, query, Correction.id, page)


async def list_open_corrections(
    session: ReadSession, caller: Caller, unit_code: str | None, due_by: date | None, page: Page
) -> tuple[list[Correction], str | None]:
    """What officers of the caller's units have to decide, all of it or what is due by a day."""
    query = select(Correction).join(Resident, col(Resident.id) == col(Correction.resident_id))
    query = scoped(query.where(Correction.state == "received"), caller, col(Resident.unit_id))
    if unit_code is not None:
        query = query.where(col(Resident.unit_id).in_(units_under(unit_code)))
    if due_by is not None:
        query = query.where(col(Correction.due_on) <= due_by)
    return await page_by_id(session, query, Correction.id, page)


async def get_correction(session: ReadSession, caller: Caller, correction_id: UUID) -> tuple[Correction, Resident]:
    """A request and its resident, locked, when the caller may see the resident; 404 otherwise."""
    correction = await session.get(Correction, correction_id, with_for_update=True)
    resident = await session.get(Resident, correction.resident_id, with_for_update=True) if correction else None
    if correction is None or resident is None or not await may_see(session, caller, resident):
        raise NotFound()
    return correction, resident
