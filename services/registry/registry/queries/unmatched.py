"""Partners' events that wait for their person, as an officer may see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit, scoped, units_of, units_under
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from chassis.web.routing import Page, page_by_id
from registry.identifiers import mask, mask_phone, plain
from registry.model.attestations import UnmatchedEvent, data_of
from registry.model.residents import Resident
from registry.queries.residents import list_phone_holders
from registry.schemas.unmatched import CandidateView, UnmatchedView


async def list_unmatched(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[UnmatchedView], str | None]:
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
    return [await _view(session, caller, row) for row in rows], cursor


async def _codes_around(session: ReadSession, mine: Any) -> list[str]:
    """Codes of the caller's units and of all above them: an agreement of the district covers the commune."""
    paths = await session.exec(select(KnownLineage.path).where(col(KnownLineage.unit_id).in_(mine)))
    return sorted({code for path in paths for code in path.split("/")})


async def _is_of_the_province(session: ReadSession, caller: Caller) -> bool:
    """Whether the caller is an officer of the province: what points to no unit at all is theirs."""
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


async def _view(session: ReadSession, caller: Caller, row: UnmatchedEvent) -> UnmatchedView:
    unit = (await units_of(session, [row.unit_id])).get(row.unit_id) if row.unit_id else None
    data = data_of(row)
    number = str(
        (data.get("resident") or {}).get("personal_id") or (data.get("organization") or {}).get("tax_code") or ""
    )
    phone = str((data.get("resident") or {}).get("phone") or "")
    return UnmatchedView(
        id=row.id, delivery_id=row.delivery_id, partner_id=row.partner_id, event=row.event,
        occurred_at=row.occurred_at, received_at=row.received_at, reason=row.reason, subject_kind=row.subject_kind,
        subject=mask(plain(number)) if number else mask_phone(plain(phone)), unit_code=unit.code if unit else None,
        candidates=await _candidates(session, caller, row),
    )  # fmt: skip


async def _candidates(session: ReadSession, caller: Caller, row: UnmatchedEvent) -> list[CandidateView]:
    if row.subject_kind != "phone":
        return []
    holders: Sequence[Resident] = await list_phone_holders(session, [row.subject_index])
    units = await units_of(session, [holder.unit_id for holder in holders])
    return [
        CandidateView(resident_id=holder.id, full_name=holder.full_name, unit_code=units[holder.unit_id].code)
        for holder in holders
        if await covers(session, caller, holder.unit_id)
    ]
