"""Who was visited, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_, union_all
from sqlmodel import col, select

from chassis.clock import local_date
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from onboarding.model.sessions import GUIDING_KINDS, Attendance, CampaignSession
from onboarding.model.visits import Visit
from onboarding.queries.territory import led_rows, units_of_code


def guidances() -> Any:
    """A subquery of who was guided in person and when: visits that reached the resident, and sessions of guidance."""
    visited: Any = select(col(Visit.resident_id).label("resident_id"), col(Visit.occurred_at).label("at")).where(
        col(Visit.told_outcome) == "done"
    )
    attended = (
        select(col(Attendance.attendee_id), col(CampaignSession.starts_at))
        .join(CampaignSession, col(CampaignSession.id) == col(Attendance.session_id))
        .where(
            col(Attendance.kind) == "resident",
            col(CampaignSession.kind).in_(GUIDING_KINDS),
            ~col(CampaignSession.is_cancelled),
        )
    )
    return union_all(visited, attended).subquery("guidance")


async def first_days_of_guidance(session: ReadSession, residents: Sequence[UUID]) -> dict[UUID, date]:
    """On which day each of these residents was first guided; those who never were are left out."""
    guided = guidances()
    query: Any = (
        select(guided.c.resident_id, func.min(guided.c.at))
        .where(guided.c.resident_id.in_(residents))
        .group_by(guided.c.resident_id)
    )
    return {resident_id: local_date(at) for resident_id, at in await session.exec(query)}


async def page_of_visits(
    session: ReadSession, caller: Caller, unit_code: str, resident_id: UUID | None, outcome: str | None, page: Page
) -> tuple[list[Visit], str | None]:
    """Visits in a unit and below, within the caller's units, the newest first."""
    query = select(Visit).where(col(Visit.unit_id).in_(await units_of_code(session, unit_code)))
    if resident_id:
        query = query.where(col(Visit.resident_id) == resident_id)
    if outcome:
        query = query.where(col(Visit.told_outcome) == outcome)
    query = query.where(await led_rows(session, caller, col(Visit.unit_id)))
    if after := page.after_key(datetime.fromisoformat, str):
        query = query.where(tuple_(col(Visit.occurred_at), col(Visit.id)) < after)
    newest = query.order_by(col(Visit.occurred_at).desc(), col(Visit.id).desc())
    rows = list(await session.exec(newest.limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].occurred_at.isoformat(), kept[-1].id)
