"""Sessions of campaigns: which are planned in a unit, who came."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.errors import NotFound
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from onboarding.model.deadlines import FIRST_YEAR, LAST_YEAR
from onboarding.model.sessions import Attendance, CampaignSession, KnownMerchantOwner, KnownProcedures
from onboarding.model.training import TrainingAccount
from onboarding.queries.territory import predecessors_of, training_units, units_of_code

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 1, 1)


@dataclass(frozen=True)
class SessionFilter:
    """Sessions in a unit and below, on days from `since` to `until`, both included; those of training units if `in_training`."""

    unit_code: str | None = None
    since: date | None = None
    until: date | None = None
    campaign_id: UUID | None = None
    in_training: bool = True


async def page_of_sessions(
    session: ReadSession, wanted: SessionFilter, page: Page
) -> tuple[list[CampaignSession], str | None]:
    query: Any = select(CampaignSession)
    if not wanted.in_training:
        query = query.where(col(CampaignSession.unit_id).not_in(training_units()))
    if wanted.campaign_id:
        query = query.where(col(CampaignSession.campaign_id) == wanted.campaign_id)
    if wanted.unit_code:
        query = query.where(col(CampaignSession.unit_id).in_(await units_of_code(session, wanted.unit_code)))
    if wanted.since:
        query = query.where(col(CampaignSession.starts_at) >= begin_of(wanted.since))
    if wanted.until:
        query = query.where(col(CampaignSession.starts_at) < begin_of(min(wanted.until, LAST_DAY) + timedelta(days=1)))
    return await page_by_id(session, query, CampaignSession.id, page)


async def load_session(session: ReadSession, session_id: UUID, *, for_update: bool = False) -> CampaignSession:
    found = await session.get(CampaignSession, session_id, with_for_update=for_update or None)
    if found is None:
        raise NotFound()
    return found


async def find_next_session(session: ReadSession, unit_ids: set[UUID]) -> CampaignSession | None:
    """The next session that residents of these units are invited to."""
    query = select(CampaignSession).where(
        col(CampaignSession.unit_id).in_(unit_ids),
        col(CampaignSession.starts_at) >= now(),
        ~col(CampaignSession.is_cancelled),
    )
    return (await session.exec(query.order_by(col(CampaignSession.starts_at)).limit(1))).first()


async def count_attendance(session: ReadSession, session_id: UUID) -> dict[str, int]:
    """How many came, by kind; `merchant` counts those who own a merchant besides."""
    rows = await session.exec(
        select(Attendance.kind, Attendance.is_merchant, func.count())
        .where(col(Attendance.session_id) == session_id)
        .group_by(col(Attendance.kind), col(Attendance.is_merchant))
    )
    counts = dict.fromkeys(("resident", "organization", "member", "merchant"), 0)
    for kind, is_merchant, number in rows:
        counts[kind] += number
        counts["merchant"] += number if is_merchant else 0
    return counts


async def count_businesses(session: ReadSession, session_id: UUID) -> int:
    """How many organizations, and residents who own a merchant, came; each once."""
    is_business = (col(Attendance.kind) == "organization") | col(Attendance.is_merchant)
    query = select(func.count()).where(col(Attendance.session_id) == session_id, is_business)
    return (await session.exec(query)).one()


async def owns_merchant(session: ReadSession, owner_id: UUID) -> bool:
    query = select(KnownMerchantOwner.merchant_id).where(col(KnownMerchantOwner.owner_id) == owner_id).limit(1)
    return (await session.exec(query)).first() is not None


def begin_of(day: date) -> datetime:
    """Midnight in Vietnam at the beginning of a day; days of other centuries come to their nearest end."""
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time(), HO_CHI_MINH)


async def page_of_attendance(session: ReadSession, session_id: UUID, page: Page) -> tuple[list[Attendance], str | None]:
    query = select(Attendance).where(col(Attendance.session_id) == session_id)
    return await page_by_id(session, query, Attendance.attendee_id, page)


async def training_accounts_of(session: ReadSession, session_id: UUID) -> list[TrainingAccount]:
    query = select(TrainingAccount).where(col(TrainingAccount.session_id) == session_id)
    return list(await session.exec(query.order_by(col(TrainingAccount.login))))


async def list_chosen_procedures(session: ReadSession, unit_ids: set[UUID]) -> list[str]:
    """Codes of the services that these units have chosen, from `procedures.chosen`.

    The choice of a unit replaces those of the units that it was formed of.
    """
    found = await session.exec(select(KnownProcedures).where(col(KnownProcedures.unit_id).in_(unit_ids)))
    chosen = {each.unit_id: each.codes for each in found}
    replaced = await predecessors_of(session, set(chosen))
    return sorted({code for unit_id, codes in chosen.items() if unit_id not in replaced for code in codes})
