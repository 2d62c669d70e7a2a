"""Which callers see every count: officers and auditors of the unit, by today's tree; all others see the public figures."""

from __future__ import annotations

from datetime import date

from chassis.clock import today
from chassis.errors import Forbidden
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from reporting.projections.tree import tree_of
from reporting.queries.reports import get_unit_on

__all__ = ["require_exact", "sees_exact"]

EXACT_ROLES = frozenset({"officer", "auditor"})


async def sees_exact(session: ReadSession, caller: Caller | None, unit_code: str, day: date) -> bool:
    """Whether a caller may see counts under five: all that makes up the unit on that day is in the caller's units."""
    if caller is None:
        return False
    if caller.role == "service":
        return True
    if caller.role not in EXACT_ROLES or caller.unit_code is None:
        return False
    tree = await tree_of(session)
    own = tree.at(today()).find(caller.unit_code)
    if own is None:
        return False
    asked = await get_unit_on(session, unit_code, day)
    allowed = set(tree.at(today()).members_of(own.id))
    return all(member in allowed for member in tree.at(day).members_of(asked.id))


async def require_exact(session: ReadSession, caller: Caller, unit_code: str, day: date) -> None:
    """403 for a unit that is not the caller's, 400 for none."""
    await get_unit_on(session, unit_code, day)
    if not await sees_exact(session, caller, unit_code, day):
        raise Forbidden()
