"""Requests to move, as both communes see them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, units_under
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Page, cursor_at
from registry.model.move_requests import REQUESTED, MoveRequest
from registry.model.residents import Resident


@dataclass(frozen=True, slots=True)
class ShownMove:
    """A request with the codes of its units. `is_known`: the caller may know the resident and the unit they come from."""

    move: MoveRequest
    to_unit_code: str
    from_unit_code: str | None
    is_known: bool


async def get_move(session: ReadSession, caller: Caller, move_id: UUID, *, for_update: bool = False) -> MoveRequest:
    """A request that the caller's units sent or have to decide; 404 otherwise."""
    move = await session.get(MoveRequest, move_id, with_for_update=for_update or None)
    if move is None:
        raise NotFound()
    resident = await session.get(Resident, move.resident_id) if move.resident_id else None
    places = [move.to_unit_id, move.from_unit_id, resident.unit_id if resident and move.status == REQUESTED else None]
    for unit_id in places:
        if unit_id is not None and await covers(session, caller, unit_id):
            return move
    raise NotFound()


async def list_moves(
    session: ReadSession, caller: Caller, unit_code: str | None, status: str | None, page: Page
) -> tuple[list[ShownMove], str | None]:
    """Requests from and to the caller's units, or one of them and those below, oldest first."""
    below = units_under(unit_code or caller.unit_code or "")
    undecided_here = (col(MoveRequest.status) == REQUESTED) & col(Resident.unit_id).in_(below)
    query = (
        select(MoveRequest)
        .outerjoin(Resident, col(Resident.id) == col(MoveRequest.resident_id))
        .where(or_(col(MoveRequest.to_unit_id).in_(below), col(MoveRequest.from_unit_id).in_(below), undecided_here))
    )
    if status is not None:
        query = query.where(MoveRequest.status == status)
    if after := page.after_id():
        query = query.where(col(MoveRequest.id) > after)
    moves = list((await session.exec(query.order_by(col(MoveRequest.id)).limit(page.limit + 1))).all())
    kept = moves[: page.limit]
    return await shown_moves(session, caller, kept), cursor_at(kept[-1].id) if len(moves) > len(kept) else None


async def shown_moves(session: ReadSession, caller: Caller, moves: list[MoveRequest]) -> list[ShownMove]:
    """Requests as the caller may see them."""
    before, after = aliased(KnownUnit), aliased(KnownUnit)
    found = await session.exec(
        select(MoveRequest.id, after.code, before.id, before.code)
        .join(after, col(after.id) == col(MoveRequest.to_unit_id))
        .outerjoin(Resident, (col(Resident.id) == col(MoveRequest.resident_id)) & (MoveRequest.status == REQUESTED))
        .outerjoin(
            before, (col(before.id) == col(MoveRequest.from_unit_id)) | (col(before.id) == col(Resident.unit_id))
        )
        .where(col(MoveRequest.id).in_([move.id for move in moves]))
    )
    places = {move_id: (to_code, from_id, from_code) for move_id, to_code, from_id, from_code in found}
    shown = []
    for move in moves:
        to_code, from_id, from_code = places[move.id]
        is_known = from_id is not None and (move.from_unit_id is not None or await covers(session, caller, from_id))
        shown.append(ShownMove(move, to_code, from_code if is_known else None, is_known))
    return shown
