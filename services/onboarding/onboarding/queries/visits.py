"""Who was visited, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from onboarding.model.visits import Visit


async def page_of_visits(
    session: ReadSession, caller: Caller, unit_code: str, resident_id: UUID | None, outcome: str | None, page: Page
) -> tuple[list[Visit], str | None]:
    """Visits in a unit and below, within the caller's units, the newest first."""
    query = select(Visit).where(col(Visit.unit_id).in_(units_under(unit_code)))
    if resident_id:
        query = query.where(col(Visit.resident_id) == resident_id)
    if outcome:
        query = query.where(col(Visit.told_outcome) == outcome)
    query = scoped(query, caller, col(Visit.unit_id))
    if after := page.after_key(datetime.fromisoformat, str):
        query = query.where(tuple_(col(Visit.occurred_at), col(Visit.id)) < after)
    newest = query.order_by(col(Visit.occurred_at).desc(), col(Visit.id).desc())
    rows = list(await session.exec(newest.limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].occurred_at.isoformat(), kept[-1].id)
