"""Notifications of the signed-in person: tasks due, changes of what they filed, sessions near."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now, today
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from onboarding.model.campaigns import Campaign, Task
from onboarding.model.notifications import Notification, NotificationKind
from onboarding.model.people import KnownOrganization, KnownResident
from onboarding.model.sessions import CampaignSession
from onboarding.queries.territory import list_above, units_of_code

MORNING = time(7, tzinfo=HO_CHI_MINH)
NEAR = timedelta(days=3)
MOST = 200


@dataclass(frozen=True)
class NotificationEntry:
    """One notification; `placeholders` fill its text."""

    id: str
    kind: NotificationKind
    at: datetime
    about: str
    about_id: UUID
    placeholders: dict[str, str] = field(default_factory=dict)


async def newest_notifications(session: ReadSession, caller: Caller, since: datetime | None) -> list[NotificationEntry]:
    """The newest first, at most 200, after an instant."""
    entries = [
        *await _of_filings(session, caller, since),
        *await _of_tasks(session, caller),
        *await _of_sessions(session, caller),
    ]
    newer = [each for each in entries if since is None or each.at > since]
    return sorted(newer, key=lambda each: (each.at, each.id), reverse=True)[:MOST]


async def _of_filings(session: ReadSession, caller: Caller, since: datetime | None) -> list[NotificationEntry]:
    recipient = caller.resident_id or caller.organization_id
    if recipient is None:
        return []
    query = select(Notification).where(col(Notification.recipient_id) == recipient)
    if since:
        query = query.where(col(Notification.at) > since)
    rows = await session.exec(query.order_by(col(Notification.at).desc()).limit(MOST))
    return [NotificationEntry(each.id, each.kind, each.at, each.about, each.about_id) for each in rows]  # type: ignore[arg-type]  # text column


async def _of_tasks(session: ReadSession, caller: Caller) -> list[NotificationEntry]:
    """Reminders of open tasks that the caller owns or, for officers, that wait for their body in their unit."""
    if caller.role not in ("officer", "volunteer"):
        return []
    mine: Any = col(Task.owner) == caller.account
    if caller.role == "officer" and caller.body and caller.unit_code:
        units = await units_of_code(session, caller.unit_code)
        mine = mine | (col(Task.owner).is_(None) & (col(Task.body) == caller.body) & col(Task.unit_id).in_(units))
    open_tasks = (
        select(Task)
        .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
        .where(mine, col(Task.done_on).is_(None), col(Task.due_on).is_not(None))
        .where(col(Task.status) != "cancelled", col(Campaign.status) != "cancelled")
    )
    tasks = await session.exec(open_tasks)
    return [
        NotificationEntry(f"task-{task.id}-{day}", "task_due", _morning(day), "task", task.id, {"work": task.work})
        for task in tasks
        for day in task.reminded_on()
        if day <= today()
    ]


async def _of_sessions(session: ReadSession, caller: Caller) -> list[NotificationEntry]:
    places = await _places(session, caller)
    if not places:
        return []
    query = select(CampaignSession).where(
        col(CampaignSession.unit_id).in_(places),
        col(CampaignSession.starts_at).between(now(), now() + NEAR),
        ~col(CampaignSession.is_cancelled),
    )
    return [
        NotificationEntry(
            f"session-{each.id}", "session_near", each.starts_at - NEAR, "session", each.id, {"venue": each.venue}
        )
        for each in await session.exec(query)
    ]


async def _places(session: ReadSession, caller: Caller) -> set[UUID]:
    if caller.resident_id:
        resident = await session.get(KnownResident, caller.resident_id)
        return {resident.unit_id} | await list_above(session, resident.unit_id) if resident else set()
    if caller.organization_id:
        organization = await session.get(KnownOrganization, caller.organization_id)
        return {organization.unit_id} | await list_above(session, organization.unit_id) if organization else set()
    return await units_of_code(session, caller.unit_code) if caller.unit_code else set()


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING)
