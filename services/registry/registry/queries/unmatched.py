"""Partners' events that wait for their subject, within the reach of an officer."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import false, or_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit, scoped, units_of, units_under
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from chassis.web.routing import Page, page_by_id
from registry.model.residents import Resident
from registry.model.unmatched import UnmatchedEvent
from registry.queries.residents import list_phone_holders


class Candidate(NamedTuple):
    """A resident who may be the subject of a waiting event."""

    resident: Resident
    unit_code: str


class WaitingEvent(NamedTuple):
    """A waiting event, the unit that the partner named, and who may be its subject."""

    event: UnmatchedEvent
    unit_code: str | None
    candidates: list[Candidate]


async def list_unmatched(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[WaitingEvent], str | None]:
    """Waiting events of the caller's units: by the partner's hint, else by the units of its agreements."""
    mine = scoped(select(KnownUnit.id), caller, col(KnownUnit.id))
    if unit_code is not None:
        mine = mine.where(col(KnownUnit.id).in_(units_under(unit_code)))
    codes = await _codes_around(session, mine)
    nowhere = col(UnmatchedEvent.partner_unit_codes) == [] if await _is_of_the_province(session, caller) else false()
    query = select(UnmatchedEvent).where(
        col(UnmatchedEvent.resolved_at).is_(None),
        or_(
            col(UnmatchedEvent.unit_id).in_(mine),
            col(UnmatchedEvent.unit_id).is_(None) & col(UnmatchedEvent.partner_unit_codes).overlap(codes),  # type: ignore[attr-defined]  # of ARRAY
            col(UnmatchedEvent.unit_id).is_(None) & nowhere,
        ),
    )
    rows, cursor = await page_by_id(session, query, UnmatchedEvent.id, page)
    return [await _waiting(session, caller, row) for row in rows], cursor


async def _codes_around(session: ReadSession, mine: Any) -> list[str]:
    """Codes of the caller's units and of all above them: an agreement of the district covers the commune."""
    paths = await session.exec(select(KnownLineage.path).where(col(KnownLineage.unit_id).in_(mine)))
    return sorted({code for path in paths for code in path.split("/")})


async def _is_of_the_province(session: ReadSession, caller: Caller) -> bool:
    """Whether the caller is an officer of the province, who decides events that name no unit at all."""
    unit = await find_unit(session, caller.unit_code) if caller.unit_code else None
    return unit is not None and unit.level == "province"


async def get_unmatched(session: ReadSession, caller: Caller, unmatched_id: UUID) -> UnmatchedEvent:
    """A waiting event that the caller may decide; 404 otherwise."""
    row = await session.get(UnmatchedEvent, unmatched_id, with_for_update=True)
    if row is None:
        raise NotFound()
    if row.unit_id is not None:
        visible = await covers(session, caller, row.unit_id)
    else:
        mine = scoped(select(KnownUnit.id), caller, col(KnownUnit.id))
        codes = set(await _codes_around(session, mine))
        visible = bool(codes & set(row.partner_unit_codes)) if row.partner_unit_codes else False
        visible = visible or (not row.partner_unit_codes and await _is_of_the_province(session, caller))
    if not visible:
        raise NotFound()
    return row


async def _waiting(session: ReadSession, caller: Caller, row: UnmatchedEvent) -> WaitingEvent:
    unit = (await units_of(session, [row.unit_id])).get(row.unit_id) if row.unit_id else None
    return WaitingEvent(row, unit.code if unit else None, await _candidates(session, caller, row))


async def _candidates(session: ReadSession, caller: Caller, row: UnmatchedEvent) -> list[Candidate]:
    if row.subject_kind != "phone":
        return []
    holders: Sequence[Resident] = await list_phone_holders(session, [row.subject_index])
    units = await units_of(session, [holder.unit_id for holder in holders])
    return [
        Candidate(holder, units[holder.unit_id].code)
        for holder in holders
        if await covers(session, caller, holder.unit_id)
    ]
