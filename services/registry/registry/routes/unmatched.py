"""Doors of partners' events that wait for their person."""

from typing import Annotated
from uuid import UUID

from chassis.clock import now
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Transaction, allow, transactional_router
from registry.commands.access import record_list
from registry.commands.attestations import Match, settle_waiting
from registry.errors import AlreadyDecided
from registry.queries.residents import get_resident
from registry.queries.unmatched import get_unmatched, list_unmatched
from registry.schemas.unmatched import ResolveBody, ResolvedView, UnmatchedView

router = transactional_router(tags=["unmatched events"])


@router.get("/v1/unmatched-events")
async def list_all(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
    unit_code: str | None = None,
) -> Listed[UnmatchedView]:
    """Waiting events, masked; naming candidates of a shared phone is a read of their data."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    items, cursor = await list_unmatched(session, caller, unit_code, page)
    candidates = {candidate.resident_id for item in items for candidate in item.candidates}
    if candidates:
        said = purpose_of(caller, None, purpose)
        await record_list(
            session, caller, sorted(candidates), action="candidate", purpose=said, fields=["full_name", "unit_code"]
        )
    return Listed(items=items, next_cursor=cursor)


@router.post("/v1/unmatched-events/{unmatched_id}/resolve")
async def resolve(
    unmatched_id: UUID, body: ResolveBody, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> ResolvedView:
    """An officer says whom the event is about; it applies to that resident."""
    waiting = await get_unmatched(session, caller, unmatched_id)
    if waiting.resolved_at is not None:
        raise AlreadyDecided()
    resident = await get_resident(session, caller, body.resident_id)
    await settle_waiting(session, waiting, Match(resident=resident), caller.account)
    return ResolvedView(id=waiting.id, resident_id=resident.id, resolved_at=waiting.resolved_at or now())
