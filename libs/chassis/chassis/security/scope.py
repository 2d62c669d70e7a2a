"""What a caller may see: the units of today's tree, stored from `unit.changed`, and one function that scopes a query."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, false, func, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import FieldError, Forbidden, InvalidBody, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import ReadSession, Session
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.registry import Lineage, UnitChanged

S = TypeVar("S", bound=Any)

EVERYWHERE = frozenset({"operator", "service"})
"""Roles that are bound to no unit; each operation declares whether it allows them."""


async def store_units(session: Session, events: Sequence[UnitChanged]) -> None:
    """Stores units and all their places in the tree; the last event of a unit counts. A decree brings thousands at once.

    Places with one path are one row: where a unit's successor bears its code, what stands below keeps its path.
    """
    newest = {event.unit_id: event for event in events}
    units = [(event.unit_id, *(getattr(event, name) for name in UNIT_COLUMNS)) for event in newest.values()]
    await session.execute(*_UNITS.of(units))
    await session.execute(delete(KnownLineage).where(col(KnownLineage.unit_id).in_(list(newest))))
    places = [
        (place.path, event.unit_id, place.parent_id, place.valid_from, place.valid_to)
        for event in newest.values()
        for place in _by_path(event.lineage)
    ]
    await session.execute(*_PLACES.of(places))


def _by_path(lineage: Sequence[Lineage]) -> list[Lineage]:
    """The places from the earliest on, one for each path, with the parent of the last."""
    found: dict[str, Lineage] = {}
    for place in sorted(lineage, key=lambda place: place.valid_from or date.min):
        first = found.get(place.path, place)
        found[place.path] = place.model_copy(update={"valid_from": first.valid_from})
    return list(found.values())


UNIT_COLUMNS = ("code", "name", "level", "kind", "valid_from", "valid_to")
_UNITS = BulkInsert(KnownUnit, ["id", *UNIT_COLUMNS], update={name: f"excluded.{name}" for name in UNIT_COLUMNS})
_PLACES = BulkInsert(KnownLineage, ["path", "unit_id", "parent_id", "valid_from", "valid_to"])


def scoped(query: S, caller: Caller, unit_id: Any) -> S:
    """The query, with "in the caller's units" added; `unit_id` is its column with the unit's id."""
    if caller.role in EVERYWHERE:
        return query
    if caller.unit_code is None:
        return query.where(false())  # type: ignore[no-any-return]  # select() types do not survive a TypeVar
    return query.where(unit_id.in_(units_under(caller.unit_code)))  # type: ignore[no-any-return]


def units_under(code: str, on: date | None = None) -> Any:
    """A subquery with the ids of a unit and of all below it, in the tree of a day (today's by default)."""
    return _units_under(code, on or today())


@lru_cache(maxsize=4096)
def _units_under(code: str, day: date) -> Any:
    # Kept, because to put the expression together costs more than to execute it.
    below = aliased(KnownLineage)
    top = (
        select(KnownLineage.path)
        .join(KnownUnit, col(KnownUnit.id) == KnownLineage.unit_id)
        .where(col(KnownUnit.code) == code, valid_on(KnownLineage, day), valid_on(KnownUnit, day))
        .limit(1)
        .subquery()
    )
    # '0' is the character after '/': the range holds exactly the paths below.
    place = col(below.path)
    inside = or_(place == top.c.path, (place >= top.c.path + "/") & (place < top.c.path + "0"))
    return select(below.unit_id).join(top, inside).where(valid_on(below, day))


def valid_on(row: Any, day: date) -> ColumnElement[bool]:
    """Whether a row with `valid_from` and `valid_to` (inclusive, null: open) holds on a day."""
    return (func.coalesce(row.valid_from, day) <= day) & (func.coalesce(row.valid_to, day) >= day)


async def covers(session: ReadSession, caller: Caller, unit_id: UUID) -> bool:
    """Whether a unit is the caller's own or below it."""
    if caller.role in EVERYWHERE:
        return True
    if caller.unit_code is None:
        return False
    found = await session.execute(_COVERS, {"unit_id": unit_id, "code": caller.unit_code, "day": today()})
    return found.first() is not None


COVERS = """
EXISTS (
    SELECT FROM known_lineage AS own, known_lineage AS top JOIN known_unit AS bearer ON bearer.id = top.unit_id
    WHERE own.unit_id = {unit_id} AND bearer.code = {code}
      AND (own.path = top.path OR starts_with(own.path, top.path || '/'))
      AND coalesce(own.valid_from, {day}) <= {day} AND coalesce(own.valid_to, {day}) >= {day}
      AND coalesce(top.valid_from, {day}) <= {day} AND coalesce(top.valid_to, {day}) >= {day}
      AND coalesce(bearer.valid_from, {day}) <= {day} AND coalesce(bearer.valid_to, {day}) >= {day}
)
"""
"""Plain SQL for "this unit is that one or below it on this day", by the indexes of both; the day is a `date`."""
_COVERS = text(f"SELECT 1 WHERE {COVERS.format(unit_id=':unit_id', code=':code', day='cast(:day AS date)')}")


async def require_unit(session: ReadSession, caller: Caller, unit_id: UUID, *, is_known: bool = False) -> None:
    """Refuses what is outside the caller's units: 404, or 403 where the caller knows that it exists."""
    if not await covers(session, caller, unit_id):
        raise Forbidden() if is_known else NotFound()


async def find_unit(session: ReadSession, code: str, on: date | None = None) -> KnownUnit | None:
    """The unit that bears a code on a day (today by default): codes repeat across generations, never within one."""
    found = await session.exec(select(KnownUnit).where(col(KnownUnit.code) == code, valid_on(KnownUnit, on or today())))
    return found.first()


async def unit_of_body(session: ReadSession, code: str, pointer: str = "/unit_code") -> KnownUnit:
    """The unit that a body names; 422 when there is none today."""
    unit = await find_unit(session, code)
    if unit is None:
        raise InvalidBody(errors=[unknown_unit(pointer)])
    return unit


async def unit_of_query(session: ReadSession, caller: Caller, code: str, on: date | None = None) -> KnownUnit:
    """The unit that a query names, within the caller's units; 400 when there is none, 403 when it is not the caller's."""
    unit = await find_unit(session, code, on)
    if unit is None:
        raise InvalidQuery(errors=[unknown_unit("/unit_code")])
    await require_unit(session, caller, unit.id, is_known=True)
    return unit


async def units_of(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, KnownUnit]:
    """Units by id."""
    found = await session.exec(select(KnownUnit).where(col(KnownUnit.id).in_(list(ids))))
    return {unit.id: unit for unit in found}


def unknown_unit(pointer: str) -> FieldError:
    """The field error of a unit code that no unit bears."""
    return FieldError(pointer, "unknown-unit", "Không có đơn vị nào mang mã này.", "No unit has this code.")
