"""Operations on partners' events that wait for their subject."""

from typing import Annotated
from uuid import UUID

from chassis.clock import now
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Transaction, allow, transactional_router
from registry.commands.access import record_list
from registry.commands.attestations import Match, apply_unmatched
from registry.errors import AlreadyDecided
from registry.queries.residents import get_resident
from registry.queries.unmatched import get_unmatched, list_unmatched
from registry.schemas.unmatched import ResolveBody, ResolvedView, UnmatchedView

router = transactional_router(tags=["unmatched events"])


@router.get("/v1/unmatched-events")
async def list_unmatched_events(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
    unit_code: str | None = None,
) -> Listed[UnmatchedView]:
    """Waiting events, masked; naming candidates of a shared phone is a read of their data."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    waiting, cursor = await list_unmatched(session, caller, unit_code, page)
    candidates = {candidate.resident.id for one in waiting for candidate in one.candidates}
    if candidates:
        purpose_code = purpose_of(caller, None, purpose)
        await record_list(
            session,
            caller,
            sorted(candidates),
            action="candidate",
            purpose=purpose_code,
            fields=["full_name", "unit_code"],
        )
    return Listed(items=[UnmatchedView.of(one) for one in waiting], next_cursor=cursor)


@router.post("/v1/unmatched-events/{unmatched_id}/resolve")
async def resolve_unmatched_event(
    unmatched_id: UUID, body: ResolveBody, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> ResolvedView:
    """Decide the subject of an event; it is applied to that resident."""
    waiting = await get_unmatched(session, caller, unmatched_id)
    if waiting.resolved_at is not None:
        raise AlreadyDecided()
    resident = await get_resident(session, caller, body.resident_id)
    await apply_unmatched(session, waiting, Match(resident=resident), caller.account)
    return ResolvedView(id=waiting.id, resident_id=resident.id, resolved_at=waiting.resolved_at or now())
