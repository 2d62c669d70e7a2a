"""Operations on records that may be one person."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from chassis.errors import NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PurposeHeader, Transaction, allow, transactional_router
from registry.commands.access import record_list
from registry.commands.duplicates import compare_pending, dismiss_pair
from registry.commands.merges import find_merge, merge_residents, undo_merge
from registry.model.attributes import STORED
from registry.model.duplicates import DuplicateDismissal
from registry.model.residents import Resident
from registry.queries.duplicates import get_pair, list_duplicate_pairs
from registry.queries.residents import get_resident, with_codes
from registry.schemas.residents import ResidentView
from registry.schemas.rights import DuplicatePairView, MergeBody

router = transactional_router(tags=["duplicates"])


@router.get("/v1/duplicate-candidates")
async def list_duplicate_candidates(
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    unit_code: Annotated[str, Query()],
    purpose: PurposeHeader = None,
) -> Listed[DuplicatePairView]:
    """The likeliest pairs of a unit, best first, at most 200."""
    purpose_code = purpose_of(caller, None, purpose)
    await unit_of_query(session, caller, unit_code)
    await compare_pending(session)
    pairs = await list_duplicate_pairs(session, caller, unit_code)
    await record_list(
        session,
        caller,
        sorted({resident_id for pair in pairs for resident_id in pair.resident_ids}),
        action="candidate",
        purpose=purpose_code,
        fields=["full_name", "unit_code"],
    )
    return Listed(items=[DuplicatePairView.of(pair) for pair in pairs])


@router.post("/v1/duplicate-candidates/{pair_id}/dismissal", status_code=204)
async def dismiss_duplicate_candidate(
    pair_id: UUID, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> Response:
    """Decide that the two records are two persons: the pair is no candidate any more."""
    pair = await get_pair(session, caller, pair_id)
    await dismiss_pair(session, pair, caller.account)
    return Response(status_code=204)


@router.delete("/v1/duplicate-candidates/{pair_id}/dismissal", status_code=204)
async def undo_duplicate_dismissal(
    pair_id: UUID, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> Response:
    """Take a dismissal back: the pair is a candidate again."""
    await get_pair(session, caller, pair_id)
    dismissal = await session.get(DuplicateDismissal, pair_id)
    if dismissal is None:
        raise NotFound()
    await session.delete(dismissal)
    return Response(status_code=204)


@router.post("/v1/residents/{resident_id}/merge")
@personal_answer("/v1/residents/{resident_id}")
async def merge_resident(
    resident_id: UUID,
    body: MergeBody,
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    purpose: PurposeHeader = None,
) -> ResidentView:
    """The duplicate's record becomes part of this one."""
    first, second = sorted((resident_id, body.duplicate_id))
    locked = {id_: await get_resident(session, caller, id_, for_update=True) for id_ in dict.fromkeys((first, second))}
    await merge_residents(session, locked[resident_id], locked[body.duplicate_id], caller.account)
    [placed] = await with_codes(session, [locked[resident_id]])
    purpose_code = purpose_of(caller, None, purpose or "correction")
    record_access(
        session, "registry", caller, locked[resident_id].id, action="merge", purpose=purpose_code, fields=STORED
    )
    return ResidentView.of(placed, caller)


@router.delete("/v1/residents/{resident_id}/merge")
async def undo_resident_merge(
    resident_id: UUID, session: Transaction, caller: Annotated[Caller, allow("officer")], purpose: PurposeHeader = None
) -> ResidentView:
    """Undo the last merge that this record was part of."""
    resident = await get_resident(session, caller, resident_id, for_update=True)
    standing = await find_merge(session, resident)
    if standing is None:
        raise NotFound()
    survivor = await session.get_one(Resident, standing.survivor_id, with_for_update=True)
    duplicate = await session.get_one(Resident, standing.duplicate_id, with_for_update=True)
    await undo_merge(session, standing, survivor, duplicate, caller.account)
    [placed] = await with_codes(session, [survivor])
    purpose_code = purpose_of(caller, None, purpose or "correction")
    record_access(session, "registry", caller, survivor.id, action="unmerge", purpose=purpose_code, fields=STORED)
    return ResidentView.of(placed, caller)
