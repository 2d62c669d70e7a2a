"""Whose campaigns a caller may read and lead, across reforms of the units.

A campaign belongs to a unit as of its start. Officers of all successors of that unit lead the campaign; officers of a
part of it, of a unit below or above it may read it. Permission always uses today's tree.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import Forbidden, InvalidBody, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import EVERYWHERE, find_unit, units_under, unknown_unit, valid_on
from chassis.security.training_guard import TRAINING
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from onboarding.model.territory import KnownSuccessor


async def find_territory(session: ReadSession, caller: Caller) -> set[UUID] | None:
    """Units whose campaigns the caller may read: own, what these were formed of, and all above; None: every unit."""
    if caller.role in EVERYWHERE:
        return None
    if caller.unit_code is None:
        return set()
    own = set(await session.exec(units_under(caller.unit_code)))
    formed = await _predecessors(session, own)
    return formed | await _above(session, formed)


async def find_current_successors(session: ReadSession, unit_id: UUID) -> set[UUID]:
    """Current successors of a unit: itself, its successors, or (a district) those of the units it had below."""
    successors: set[UUID] = set()
    waiting, seen = {unit_id}, {unit_id}
    while waiting:
        valid = await _valid_today(session, waiting)
        successors |= valid
        following: set[UUID] = set()
        for ended in waiting - valid:
            following |= await _successors(session, ended) or await _children_at_its_end(session, ended)
        waiting = following - seen
        seen |= waiting
    return successors


async def leads(session: ReadSession, caller: Caller, unit_id: UUID) -> bool:
    """Whether all current successors of a unit are the caller's unit or below it."""
    if caller.role in EVERYWHERE:
        return True
    successors = await find_current_successors(session, unit_id)
    return bool(successors) and successors <= await _covered(session, caller, successors)


async def may_read(session: ReadSession, caller: Caller, unit_id: UUID) -> bool:
    """Whether a unit's campaigns are in the caller's territory; asks for this one unit only."""
    if await touches(session, caller, unit_id):
        return True
    own = await find_unit(session, caller.unit_code) if caller.unit_code else None
    return own is not None and unit_id in await _above(session, await _predecessors(session, {own.id}))


async def touches(session: ReadSession, caller: Caller, unit_id: UUID) -> bool:
    """Whether any current successor of a unit is the caller's unit or below it."""
    return caller.role in EVERYWHERE or bool(
        await _covered(session, caller, await find_current_successors(session, unit_id))
    )


async def is_within(session: ReadSession, caller: Caller, unit_id: UUID) -> bool:
    """Whether the caller's unit is a unit, one of its current successors, or below one of these."""
    own = await find_unit(session, caller.unit_code) if caller.unit_code else None
    if own is None:
        return False
    for each in await find_current_successors(session, unit_id):
        below = col(KnownUnit.id).in_(units_below(each, today()))
        if (await session.exec(select(KnownUnit.id).where(col(KnownUnit.id) == own.id, below))).first():
            return True
    return False


async def require_lead(session: ReadSession, caller: Caller, unit_id: UUID, *, is_known: bool = True) -> None:
    """Refuses callers who do not lead a unit: 403 where its existence is known, else 404."""
    if not await leads(session, caller, unit_id):
        raise Forbidden() if is_known else NotFound()


async def unit_as_of(session: ReadSession, code: str, on: date | None, pointer: str = "/unit_code") -> KnownUnit:
    """The unit that bore a code on a day (today by default); 422 where none did."""
    unit = await find_unit(session, code, on)
    if unit is None:
        raise InvalidBody(errors=[unknown_unit(pointer)])
    return unit


async def list_children(session: ReadSession, unit: KnownUnit, on: date | None) -> list[KnownUnit]:
    """Units directly below, as of a day, by code. Of a province or district: its communes (districts are no owners of plans)."""
    day = on or today()
    wanted = "commune" if unit.level in ("province", "district") else "village"
    below = units_below(unit.id, day)
    query = select(KnownUnit).where(
        col(KnownUnit.id).in_(below), col(KnownUnit.level) == wanted, valid_on(KnownUnit, day)
    )
    return list(await session.exec(query.order_by(col(KnownUnit.code))))


async def units_of_code(session: ReadSession, code: str) -> set[UUID]:
    """Ids of today's unit with this code (else the last that bore it), of all below it, and of what these were formed of."""
    unit = await find_unit(session, code)
    if unit is not None:
        return await _predecessors(session, set(await session.exec(units_below(unit.id, today()))))
    query = select(KnownUnit).where(col(KnownUnit.code) == code).order_by(col(KnownUnit.valid_to).desc()).limit(1)
    ended = (await session.exec(query)).first()
    if ended is None or ended.valid_to is None:
        raise InvalidQuery(errors=[unknown_unit("/unit_code")])
    return set(await session.exec(units_below(ended.id, ended.valid_to)))


async def list_above(session: ReadSession, unit_id: UUID) -> set[UUID]:
    """Units that ever stood above this one: what happens there concerns it too."""
    return await _above(session, {unit_id})


async def place_name(session: ReadSession, unit: KnownUnit) -> str:
    """A unit's name with that of the unit above it today: villages of one name are many."""
    query = (
        select(KnownUnit.name)
        .join(KnownLineage, col(KnownLineage.parent_id) == col(KnownUnit.id))
        .where(col(KnownLineage.unit_id) == unit.id, valid_on(KnownLineage, today()), col(KnownUnit.level) == "commune")
    )
    above = (await session.exec(query)).first()
    return f"{unit.name}, {kind_in_sentence(above)}" if above else unit.name


KINDS_OF_UNITS = ("Xã", "Phường", "Thị trấn", "Thôn", "Tổ dân phố", "Khu phố", "Huyện", "Thành phố", "Thị xã", "Tỉnh")


def kind_in_sentence(name: str) -> str:
    """A unit's name inside a sentence: "Xã Ngọc Lặc" becomes "xã Ngọc Lặc"; a name without its kind keeps its capital."""
    begins_with_kind = any(name.startswith(f"{kind} ") for kind in KINDS_OF_UNITS)
    return name[0].lower() + name[1:] if begins_with_kind else name


async def predecessors_of(session: ReadSession, units: set[UUID]) -> set[UUID]:
    """All units that these were formed of, not themselves unless one was formed of another."""
    query = select(KnownSuccessor.unit_id).where(col(KnownSuccessor.successor_id).in_(units))
    return await _predecessors(session, set(await session.exec(query)))


async def led_rows(session: ReadSession, caller: Caller, unit_id: Any) -> Any:
    """The condition that a row's unit (a column) is led by the caller: theirs and below, and ended units that they took over."""
    if caller.role in EVERYWHERE:
        return true()
    if caller.unit_code is None:
        return false()
    own = unit_id.in_(units_under(caller.unit_code))
    ended = select(unit_id).join(KnownUnit, col(KnownUnit.id) == unit_id).where(col(KnownUnit.valid_to) < today())
    led = [each for each in set(await session.exec(ended.distinct())) if await leads(session, caller, each)]
    return own | unit_id.in_(led)


def units_below(unit_id: UUID, on: date) -> Any:
    """A subquery with the ids of a unit, named by its id, and of all below it, as of a day."""
    top, below = aliased(KnownLineage), aliased(KnownLineage)
    # '0' is the character after '/': the range holds exactly the paths below.
    inside = (col(below.path) >= col(top.path) + "/") & (col(below.path) < col(top.path) + "0")
    return (
        select(below.unit_id)
        .join(top, or_(col(below.path) == col(top.path), inside))
        .where(col(top.unit_id) == unit_id, valid_on(top, on), valid_on(below, on))
    )


def training_units() -> Any:
    """A subquery with the ids of the training units: counts and partners leave them out."""
    return select(KnownUnit.id).where(col(KnownUnit.kind) == TRAINING)


async def is_real_unit(session: ReadSession, unit_id: UUID) -> bool:
    """Whether a unit is none of those made for training."""
    unit = await session.get(KnownUnit, unit_id)
    return unit is None or unit.kind != TRAINING


async def _predecessors(session: ReadSession, units: set[UUID]) -> set[UUID]:
    """The units and all that they were formed of."""
    found, waiting = set(units), set(units)
    while waiting:
        query = select(KnownSuccessor.unit_id).where(col(KnownSuccessor.successor_id).in_(waiting))
        waiting = set(await session.exec(query)) - found
        found |= waiting
    return found


async def _above(session: ReadSession, units: set[UUID]) -> set[UUID]:
    """Units that ever stood above these."""
    rows = list(await session.exec(select(KnownLineage).where(col(KnownLineage.unit_id).in_(units))))
    wanted = {prefix: row for row in rows for prefix in _prefixes(row.path)}
    above = await session.exec(select(KnownLineage).where(col(KnownLineage.path).in_(list(wanted))))
    below: dict[str, list[KnownLineage]] = {}
    for row in rows:
        for prefix in _prefixes(row.path):
            below.setdefault(prefix, []).append(row)
    return {each.unit_id for each in above if any(_overlap(each, row) for row in below[each.path])}


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _overlap(one: KnownLineage, other: KnownLineage) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


async def _valid_today(session: ReadSession, units: Iterable[UUID]) -> set[UUID]:
    query = select(KnownUnit.id).where(col(KnownUnit.id).in_(list(units)), valid_on(KnownUnit, today()))
    return set(await session.exec(query))


async def _successors(session: ReadSession, unit_id: UUID) -> set[UUID]:
    query = select(KnownSuccessor.successor_id).where(
        col(KnownSuccessor.unit_id) == unit_id, col(KnownSuccessor.effective_on) <= today()
    )
    return set(await session.exec(query))


async def _children_at_its_end(session: ReadSession, unit_id: UUID) -> set[UUID]:
    unit = await session.get(KnownUnit, unit_id)
    if unit is None or unit.valid_to is None:
        return set()
    query = select(KnownUnit.id).where(
        col(KnownUnit.id).in_(units_below(unit_id, unit.valid_to)),
        col(KnownUnit.id) != unit_id,
        col(KnownUnit.level) == "commune",
    )
    return set(await session.exec(query))


async def _covered(session: ReadSession, caller: Caller, units: set[UUID]) -> set[UUID]:
    if caller.unit_code is None or not units:
        return set()
    query = select(KnownUnit.id).where(
        col(KnownUnit.id).in_(units), col(KnownUnit.id).in_(units_under(caller.unit_code))
    )
    return set(await session.exec(query))
