"""Operations on moves between communes."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from chassis.errors import FieldError, InvalidBody
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PageQuery, PurposeHeader, Transaction, allow, transactional_router
from registry.commands.access import record_list
from registry.commands.move_requests import decide_move, request_move, reverse_move, withdraw_move
from registry.model.move_requests import MovingPerson
from registry.queries.move_requests import ShownMove, get_move, list_moves, shown_moves
from registry.schemas.move_requests import MoveAccepted, MoveCreate, MoveDecision, MoveReversal, MoveStatus, MoveView

router = transactional_router(tags=["moves"])
Officer = Annotated[Caller, allow("officer")]


@router.post("/v1/moves", status_code=202)
async def create_move(body: MoveCreate, session: Transaction, caller: Officer) -> MoveAccepted:
    """Request a person who has moved in. The answer is the same whether or not the registry knows them.

    The commune in which the person lives decides; after three working days the province may.
    """
    unit = await unit_of_body(session, body.to_unit_code, "/to_unit_code")
    await require_unit(session, caller, unit.id, is_known=True)
    person = MovingPerson(body.personal_id, body.full_name, body.date_of_birth)
    move = await request_move(session, caller, person, unit, body.moved_on, body.reason)
    return MoveAccepted.model_validate(move.model_dump(include={"id", "status"}))


@router.get("/v1/moves")
async def list_move_requests(
    session: Transaction,
    page: PageQuery,
    caller: Officer,
    unit_code: Annotated[str | None, Query(description="Only requests from or to this unit and those below")] = None,
    status: MoveStatus | None = None,
    purpose: PurposeHeader = None,
) -> Listed[MoveView]:
    """Requests from and to the caller's units, oldest first; without a purpose no names and numbers are shown."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    shown, cursor = await list_moves(session, caller, unit_code, status, page)
    await _record(session, caller, shown, purpose)
    return Listed(items=[MoveView.of(one, in_full=purpose is not None) for one in shown], next_cursor=cursor)


@router.get("/v1/moves/{move_id}")
async def get_move_request(
    move_id: UUID, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> MoveView:
    """One request; without a purpose no names and numbers are shown."""
    [shown] = await shown_moves(session, caller, [await get_move(session, caller, move_id)])
    await _record(session, caller, [shown], purpose)
    return MoveView.of(shown, in_full=purpose is not None)


async def _record(session: Session, caller: Caller, shown: list[ShownMove], purpose: str | None) -> None:
    if purpose is not None:
        purpose_code = purpose_of(caller, None, purpose)
        residents = sorted({one.move.resident_id for one in shown if one.move.resident_id})
        fields = ["personal_id", "full_name", "date_of_birth", "unit_code"]
        await record_list(session, caller, residents, action="moves", purpose=purpose_code, fields=fields)


@router.post("/v1/moves/{move_id}/decision")
@personal_answer("/v1/moves/{move_id}")
async def decide_on_move(move_id: UUID, body: MoveDecision, session: Transaction, caller: Officer) -> MoveView:
    """The old commune accepts or refuses; a refusal needs a reason. After the last day the province may decide."""
    if not body.accept and not body.reason:
        raise InvalidBody(errors=[FieldError("/reason", "required", "Phải nêu lý do từ chối.",
                                             "A refusal needs a reason.")])  # fmt: skip
    move = await get_move(session, caller, move_id, for_update=True)
    await decide_move(session, caller, move, accept=body.accept, reason=body.reason)
    [shown] = await shown_moves(session, caller, [move])
    return MoveView.of(shown, in_full=False)


@router.delete("/v1/moves/{move_id}", status_code=204)
async def delete_move(move_id: UUID, session: Transaction, caller: Officer) -> Response:
    """The receiving commune withdraws a request that is not decided yet; it stays listed as `withdrawn`."""
    await withdraw_move(session, caller, await get_move(session, caller, move_id, for_update=True))
    return Response(status_code=204)


@router.post("/v1/moves/{move_id}/reversal")
@personal_answer("/v1/moves/{move_id}")
async def reverse_move_request(move_id: UUID, body: MoveReversal, session: Transaction, caller: Officer) -> MoveView:
    """Either commune takes a completed move back: the resident returns to the unit and household before."""
    move = await get_move(session, caller, move_id, for_update=True)
    await reverse_move(session, caller, move, body.reason)
    [shown] = await shown_moves(session, caller, [move])
    return MoveView.of(shown, in_full=False)
