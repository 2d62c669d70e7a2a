"""Which callers see every count: officers and auditors of the unit, by today's tree; all others see the public figures."""

from __future__ import annotations

from datetime import date

from chassis.clock import today
from chassis.errors import Forbidden
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from reporting.model.authority import AUTHORITY, EXACT_ROLES, ReadRight
from reporting.projections.tree import Unit, tree_of
from reporting.queries.reports import get_unit_on

__all__ = ["require_exact", "sees_exact", "sees_exact_unit"]


async def sees_exact(session: ReadSession, caller: Caller | None, unit_code: str, day: date) -> bool:
    """Whether a caller may see counts under five: all that makes up the unit on that day is in the caller's units."""
    unit = await get_unit_on(session, unit_code, day)
    return await sees_exact_unit(session, caller, unit, day)


async def sees_exact_unit(session: ReadSession, caller: Caller | None, unit: Unit, day: date) -> bool:
    """The same for a unit that may have ended before that day."""
    if caller is None or caller.role not in EXACT_ROLES:
        return False
    if ReadRight("exact figures", caller.role, "any") in AUTHORITY:
        return True
    tree = await tree_of(session)
    own = tree.at(today()).find(caller.unit_code) if caller.unit_code else None
    if own is None:
        return False
    allowed = set(tree.at(today()).members_of(own.id))
    return all(member in allowed for member in tree.at(tree.last_day_of(unit, day)).members_of(unit.id))


async def require_exact(session: ReadSession, caller: Caller, unit_code: str, day: date) -> None:
    """403 for a unit that is not the caller's, 400 for an unknown unit code."""
    if not await sees_exact(session, caller, unit_code, day):
        raise Forbidden()
