"""Moving between communes: requested by the receiving one, decided by the old one, or later by the unit above both."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import local_date, now, today
from chassis.errors import Forbidden, NotFound
from chassis.ids import new_id
from chassis.security.access_log import record_access
from chassis.security.identity import Caller
from chassis.security.scope import covers, units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import MoveRequestChanged
from registry.commands.attributes import store_changes
from registry.commands.moves import move_resident
from registry.errors import AlreadyDecided, MoveNotDue, MoveNotPossible
from registry.model.move_requests import (
    COMPLETED,
    REFUSED,
    REQUESTED,
    REVERSED,
    WITHDRAWN,
    WORKING_DAYS_TO_DECIDE,
    MoveRequest,
    MovingPerson,
)
from registry.model.residents import Resident
from registry.model.working_days import working_day_after
from registry.names import squeeze
from registry.queries.residents import find_number_owners, find_resident_by_number


async def request_move(
    session: Session, caller: Caller, person: MovingPerson, to_unit: KnownUnit, moved_on: date, reason: str
) -> MoveRequest:
    """Request a person for a unit. The same open request again is answered by the first one.

    Whether the registry knows the person shows only to a caller in whose units they live: then they move at once.
    """
    if open_one := await _find_open(session, person, to_unit.id):
        return open_one
    resident = await _find_person(session, person)
    moment = now()
    move = MoveRequest(
        id=new_id(), resident_id=resident.id if resident else None, person=b"", reason=b"", to_unit_id=to_unit.id,
        moved_on=moved_on, requested_by=caller.account, requested_body=caller.body, requested_unit_code=caller.unit_code,
        requested_at=moment, decide_by=working_day_after(local_date(moment), WORKING_DAYS_TO_DECIDE),
    ).put_texts(person, reason)  # fmt: skip
    if resident is not None:
        _record(session, caller, resident, "move-request")
        if await covers(session, caller, resident.unit_id):
            await _complete(session, caller, move, resident, None)
    session.add(move)
    _publish(session, move, resident)
    return move


async def match_open_moves(session: Session) -> int:
    """Match requests about persons who were unknown then and have been registered since; how many.

    The old commune has its working days from now on; who registered the person in the requesting units has decided.
    """
    known = await _moves_of_known_numbers(session)
    for move in known:
        resident = await _find_person(session, move.decrypted_person())
        if resident is None:
            continue
        move.resident_id = resident.id
        move.decide_by = working_day_after(today(), WORKING_DAYS_TO_DECIDE)
        asker = Caller(
            role="officer", subject=move.requested_by, unit_code=move.requested_unit_code, body=move.requested_body
        )
        _record(session, asker, resident, "move-request")
        if await covers(session, asker, resident.unit_id):
            await _complete(session, asker, move, resident, None)
        session.add(move)
        _publish(session, move, resident)
    return sum(move.resident_id is not None for move in known)


async def _moves_of_known_numbers(session: Session) -> list[MoveRequest]:
    """Open requests without a resident whose number the registry knows by now."""
    unknown = select(MoveRequest).where(MoveRequest.status == REQUESTED, col(MoveRequest.resident_id).is_(None))
    moves = (await session.exec(unknown.order_by(col(MoveRequest.id)))).all()
    owners = await find_number_owners(session, [move.decrypted_person().personal_id for move in moves])
    found = [move.id for move, owner in zip(moves, owners, strict=True) if owner.id is not None]
    locked = select(MoveRequest).where(col(MoveRequest.id).in_(found), MoveRequest.status == REQUESTED)
    return list(await session.exec(locked.order_by(col(MoveRequest.id)).with_for_update(skip_locked=True)))


async def decide_move(session: Session, caller: Caller, move: MoveRequest, *, accept: bool, reason: str | None) -> None:
    """Accept or refuse a request. 409 where it was decided before, is not due for the caller, or cannot be done."""
    resident = await _resident_of(session, move)
    await _require_decider(session, caller, move, resident)
    if move.status != REQUESTED:
        raise AlreadyDecided()
    if not accept:
        move.from_unit_id = resident.unit_id if resident else None
        _decide(caller, move, REFUSED, reason)
    elif resident is None or resident.life != "alive":
        raise MoveNotPossible()
    else:
        await _complete(session, caller, move, resident, reason)
    if resident is not None:
        _record(session, caller, resident, "move-decision")
    session.add(move)
    _publish(session, move, resident)


async def withdraw_move(session: Session, caller: Caller, move: MoveRequest) -> None:
    """The receiving commune takes its request back before it was decided."""
    if not await covers(session, caller, move.to_unit_id):
        raise Forbidden()
    if move.status != REQUESTED:
        raise AlreadyDecided()
    _decide(caller, move, WITHDRAWN, None)
    session.add(move)
    _publish(session, move, await _resident_of(session, move))


async def reverse_move(session: Session, caller: Caller, move: MoveRequest, reason: str) -> None:
    """Take a completed move back: the resident returns to the unit and household before, if nothing moved them since."""
    resident = await _resident_of(session, move)
    if move.status != COMPLETED:
        raise AlreadyDecided()
    if resident is None or move.from_unit_id is None or resident.unit_id != move.to_unit_id:
        raise MoveNotPossible()
    units = await units_of(session, [move.from_unit_id, move.to_unit_id])
    old, present = units[move.from_unit_id], units[move.to_unit_id]
    if old.valid_to is not None and old.valid_to < today():
        raise MoveNotPossible()
    if old.id != present.id:
        await move_resident(session, resident, present, old)
    if move.from_household_id is not None:
        resident.household_id = move.from_household_id
        await store_changes(session, resident, old, [], now())
    _decide(caller, move, REVERSED, reason)
    _record(session, caller, resident, "move-reversal")
    session.add(move)
    _publish(session, move, resident)


async def _find_open(session: Session, person: MovingPerson, to_unit_id: UUID) -> MoveRequest | None:
    query = select(MoveRequest).where(MoveRequest.to_unit_id == to_unit_id, MoveRequest.status == REQUESTED)
    found = await session.exec(query.order_by(col(MoveRequest.id)))
    return next((move for move in found if move.decrypted_person().personal_id == person.personal_id), None)


async def _find_person(session: Session, person: MovingPerson) -> Resident | None:
    """The resident with this number, if name and birth date agree and they are alive; locked."""
    found = await find_resident_by_number(session, person.personal_id)
    resident = await session.get(Resident, found.id, with_for_update=True, populate_existing=True) if found else None
    if resident is None or resident.life != "alive" or squeeze(resident.full_name) != squeeze(person.full_name):
        return None
    born = resident.born if resident.birth_precision == "day" else resident.born.replace(month=1, day=1)
    wanted = person.date_of_birth if resident.birth_precision == "day" else person.date_of_birth.replace(month=1, day=1)
    return resident if born == wanted else None


async def _resident_of(session: Session, move: MoveRequest) -> Resident | None:
    resident_id = move.resident_id
    resident = await session.get(Resident, resident_id, with_for_update=True) if resident_id else None
    while resident is not None and resident.merged_into is not None:
        resident = await session.get(Resident, resident.merged_into, with_for_update=True)
    return resident


async def _require_decider(session: Session, caller: Caller, move: MoveRequest, resident: Resident | None) -> None:
    """The commune in which the person lives; a unit above both communes only after the last day of that one."""
    receives = await covers(session, caller, move.to_unit_id)
    unit_id = resident.unit_id if resident and move.status == REQUESTED else move.from_unit_id
    decides = await covers(session, caller, unit_id) if unit_id else receives and await _is_province(session, caller)
    if not decides:
        raise Forbidden() if receives else NotFound()
    if receives and move.status == REQUESTED and today() <= move.decide_by:
        raise MoveNotDue(move.decide_by)


async def _is_province(session: Session, caller: Caller) -> bool:
    query = select(KnownUnit.id).where(KnownUnit.code == caller.unit_code, KnownUnit.level == "province")
    return (await session.exec(query)).first() is not None


async def _complete(
    session: Session, caller: Caller, move: MoveRequest, resident: Resident, reason: str | None
) -> None:
    units = await units_of(session, [resident.unit_id, move.to_unit_id])
    move.from_unit_id, move.from_household_id = resident.unit_id, resident.household_id
    if resident.unit_id != move.to_unit_id:
        await move_resident(session, resident, units[resident.unit_id], units[move.to_unit_id], move.moved_on)
    _decide(caller, move, COMPLETED, reason)


def _decide(caller: Caller, move: MoveRequest, status: str, reason: str | None) -> None:
    move.status = status
    move.decided_by, move.decided_body, move.decided_unit_code = caller.account, caller.body, caller.unit_code
    move.decided_at = now()
    move.put_decision(reason)


def _record(session: Session, caller: Caller, resident: Resident, action: str) -> None:
    record_access(session, "registry", caller, resident.id, action=action, purpose="correction", fields=["unit_code"])


def _publish(session: Session, move: MoveRequest, resident: Resident | None) -> None:
    from_unit_id = move.from_unit_id or (resident.unit_id if resident else None)
    publish(
        session,
        MoveRequestChanged(
            move_id=move.id, resident_id=resident.id if resident else None, from_unit_id=from_unit_id,
            to_unit_id=move.to_unit_id, status=move.status, moved_on=move.moved_on, decide_by=move.decide_by,
            at=move.decided_at or move.requested_at,
        ),
    )  # fmt: skip
