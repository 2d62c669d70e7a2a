"""The tree of units on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import FieldError, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import find_unit, scoped, units_under, unknown_unit, valid_on
from chassis.security.training_guard import TRAINING
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from chassis.web.routing import Page, cursor_at
from registry.errors import UnitEnded
from registry.model.residents import Resident
from registry.model.units import UndecidedResident, UnitSuccession
from registry.queries.unit_search import ended_before, matches, parse_search

Placed = tuple[KnownUnit, str, str | None, str | None]
_Parent = aliased(KnownUnit)


class SuccessorUnit(NamedTuple):
    """A unit that took over the whole or a part."""

    code: str
    kind: str
    effective_on: date


class PlacedUnit(NamedTuple):
    """A unit with its place in the tree on a day; `path`: codes from the province down, joined by "/"."""

    unit: KnownUnit
    path: str
    parent_code: str | None
    parent_name: str | None
    successors: list[SuccessorUnit]


class UndecidedUnit(NamedTuple):
    """A resident of a divided unit, the unit before and the present one."""

    resident_id: UUID
    from_unit_code: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units to list."""

    parent: str | None
    level: str | None
    q: str | None


async def get_unit(session: ReadSession, code: str, day: date) -> PlacedUnit:
    """The unit with a code on a day and its place in the tree then.

    404 when there is none: for a unit that ended before, with its name, its last day and its successors.
    """
    found = await session.exec(_placed(_on(day)).where(col(KnownUnit.code) == code))
    if placed := found.first():
        return (await _with_successors(session, [placed]))[0]
    query = select(KnownUnit).where(col(KnownUnit.code) == code, col(KnownUnit.valid_to) < day)
    ended = (await session.exec(query.order_by(col(KnownUnit.valid_to).desc()).limit(1))).first()
    if ended is None:
        raise NotFound()
    successors = (await _successors(session, [ended.id])).get(ended.id, [])
    raise UnitEnded(ended.name, ended.valid_to, [successor._asdict() for successor in successors])


async def list_units(
    session: ReadSession, wanted: UnitFilter, as_of: date | None, page: Page
) -> tuple[list[PlacedUnit], str | None]:
    """Units of a day, today by default, in order of code.

    A search without a day finds units of the past too, each with its last day and its successors.
    """
    day = as_of or today()
    with_past = wanted.q is not None and as_of is None and wanted.parent is None
    query = _placed(or_(_on(day), ended_before(day)) if with_past else _on(day))
    query = query.where(col(KnownUnit.kind) != TRAINING)
    if wanted.parent is not None:
        parent = await find_unit(session, wanted.parent, day)
        if parent is None:
            raise InvalidQuery(errors=[unknown_unit("/parent")])
        query = query.where(col(KnownLineage.parent_id) == parent.id)
    if wanted.level is not None:
        query = query.where(col(KnownUnit.level) == wanted.level)
    if wanted.q is not None and wanted.q.strip():
        search = parse_search(wanted.q)
        exact = query.where(matches(search, exactly=True))
        is_found = (await session.exec(exact.limit(1))).first() is not None
        query = exact if is_found else query.where(matches(search, exactly=False))
    if after := page.after_key(str):
        query = query.where(col(KnownUnit.code) > after[0])
    rows = (await session.exec(query.order_by(col(KnownUnit.code)).limit(page.limit + 1))).all()
    kept = rows[: page.limit]
    return await _with_successors(session, kept), cursor_at(kept[-1][0].code) if len(rows) > len(kept) else None


async def list_villages(session: ReadSession, code: str) -> Sequence[KnownUnit]:
    """The villages of a unit today, in order of code; the unit itself where it is one."""
    below = col(KnownUnit.id).in_(units_under(code))
    is_village = (col(KnownUnit.level) == "village") & valid_on(KnownUnit, today())
    found = await session.exec(select(KnownUnit).where(below, is_village).order_by(col(KnownUnit.code)))
    return found.all()


def _placed(condition: ColumnElement[bool]):  # type: ignore[no-untyped-def]  # the type of a select over four columns is a page long
    return (
        select(KnownUnit, KnownLineage.path, col(_Parent.code), col(_Parent.name))
        .join(KnownLineage, col(KnownLineage.unit_id) == col(KnownUnit.id))
        .outerjoin(_Parent, col(_Parent.id) == col(KnownLineage.parent_id))
        .where(condition)
    )


def _on(day: date) -> ColumnElement[bool]:
    return valid_on(KnownUnit, day) & valid_on(KnownLineage, day)


async def _with_successors(session: ReadSession, placed: Sequence[Placed]) -> list[PlacedUnit]:
    successors = await _successors(session, [row[0].id for row in placed])
    return [PlacedUnit(*row, successors.get(row[0].id, [])) for row in placed]


async def _successors(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, list[SuccessorUnit]]:
    found = await session.exec(
        select(UnitSuccession, KnownUnit.code)
        .join(KnownUnit, col(KnownUnit.id) == col(UnitSuccession.successor_id))
        .where(col(UnitSuccession.unit_id).in_(ids))
        .order_by(col(UnitSuccession.effective_on), col(KnownUnit.code))
    )
    successors: dict[UUID, list[SuccessorUnit]] = {}
    for row, code in found:
        successors.setdefault(row.unit_id, []).append(SuccessorUnit(code, row.kind, row.effective_on))
    return successors


async def list_undecided(session: ReadSession, caller: Caller, page: Page) -> tuple[list[UndecidedUnit], str | None]:
    """Residents of divided units who have no successor unit yet."""
    now_in, before = aliased(KnownUnit), aliased(KnownUnit)
    query = (
        select(UndecidedResident.resident_id, col(before.code), col(now_in.code))
        .join(Resident, col(Resident.id) == col(UndecidedResident.resident_id))
        .join(before, col(before.id) == col(UndecidedResident.from_unit_id))
        .join(now_in, col(now_in.id) == col(Resident.unit_id))
        .where(col(UndecidedResident.decided_at).is_(None))
    )
    query = scoped(query, caller, col(Resident.unit_id))
    if after := page.after_id():
        query = query.where(col(UndecidedResident.resident_id) > after)
    rows = (await session.exec(query.order_by(col(UndecidedResident.resident_id)).limit(page.limit + 1))).all()
    items = [UndecidedUnit(*row) for row in rows[: page.limit]]
    return items, cursor_at(items[-1].resident_id) if len(rows) > len(items) else None


def day_of(as_of: str | None) -> date | None:
    """The day of a query, None for today; 400 when it is no date."""
    try:
        return date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise InvalidQuery(errors=[FieldError("/as_of", "date", "Phải là ngày dạng YYYY-MM-DD.",
                                              "Must be a date, YYYY-MM-DD.")]) from None  # fmt: skip
