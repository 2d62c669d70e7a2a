"""Planned notices: replaced when their subject changes, sent when they are due, to a whole unit batch by batch."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.scope import units_under
from chassis.storage.database import Database, Session
from chassis.storage.tables import KnownUnit
from contracts.onboarding import SessionScheduled, TaskChanged
from notifications.commands.news import News, record_news
from notifications.commands.notifying import OLD
from notifications.model import people
from notifications.model.notifications import PlannedNotice
from notifications.model.people import KnownOrganization, KnownResident
from notifications.model.plans import Plan, onces, plans_of_session, plans_of_task, session_reason, task_reason
from notifications.model.recipients import NotificationRecipient

BATCH = 1000
"""So many people are notified in one transaction; nothing else of an audience is in memory."""
RESIDENTS, ORGANIZATIONS = "residents", "organizations"
FIRST = UUID(int=0)


async def plan_session(session: Session, event: SessionScheduled) -> None:
    """The notices of a session as it stands now."""
    reason = session_reason(event)
    values = {"reason": reason, "own": f"session_near|{event.session_id}|{event.starts_at.isoformat()}", "at": event.at}
    was_notified: bool = (
        await session.execute(_WAS_NOTIFIED, values | {"cancelled": event.status == "cancelled"})
    ).scalar_one()
    await replace_plans(session, reason, plans_of_session(event, was_notified=was_notified), event.at)


async def plan_task(session: Session, event: TaskChanged) -> None:
    """The reminders of a task as it stands now."""
    await replace_plans(session, task_reason(event), plans_of_task(event), event.at)


async def replace_plans(session: Session, reason: str, plans: Sequence[Plan], at: datetime) -> None:
    """These and no other notices of this reason hold from `at` on. An older event than the last one changes nothing."""
    kept = onces(plans)
    await session.execute(_END, {"reason": reason, "kept": kept, "at": at, "now": now()})
    if plans:
        await session.execute(_PLAN, _columns(plans) | {"reason": reason, "at": at})
        await session.execute(_REVIVE, {"kept": kept, "at": at})


async def notify_due(database: Database) -> None:
    """Makes the notifications of planned notices that are due, each batch in a transaction; a dead process loses one at most."""
    while True:
        async with database.transaction() as session:
            query = select(PlannedNotice).where(
                col(PlannedNotice.due_at) <= now(),
                col(PlannedNotice.finished_at).is_(None),
                col(PlannedNotice.ended_at).is_(None),
            )
            query = query.order_by(col(PlannedNotice.due_at), col(PlannedNotice.id)).limit(1)
            notice = (await session.exec(query.with_for_update(skip_locked=True))).first()
            if notice is None:
                return
            await _notify(session, notice)


async def _notify(session: Session, notice: PlannedNotice) -> None:
    session.add(notice)
    if _is_past(notice):
        notice.finished_at = now()
        return
    if notice.audience is None:
        await record_news(
            session, [_news(notice, _post(notice) if notice.person is None else NotificationRecipient(notice.person))]
        )
        notice.told, notice.finished_at = 1, now()
        return
    audience, _, last = (notice.cursor or f"{RESIDENTS}:{FIRST}").partition(":")
    ids = await _next(session, notice, audience, UUID(last))
    named = people.resident if audience == RESIDENTS else people.organization
    news = [_news(notice, NotificationRecipient(named(id_))) for id_ in ids]
    if notice.cursor is None:
        news.append(_news(notice, _post(notice)))
    await record_news(session, news)
    notice.told += len(news)
    if ids and len(ids) == BATCH:
        notice.cursor = f"{audience}:{ids[-1]}"
    elif audience == RESIDENTS:
        notice.cursor = f"{ORGANIZATIONS}:{FIRST}"
    else:
        notice.finished_at = now()


def _is_past(notice: PlannedNotice) -> bool:
    """A session that has begun, and what was due long ago, make no notification."""
    starts_at = notice.placeholders.get("starts_at")
    return notice.due_at < now() - OLD or (starts_at is not None and datetime.fromisoformat(starts_at) <= now())


def _news(notice: PlannedNotice, recipient: NotificationRecipient) -> News:
    return News(
        kind=notice.kind, recipient=recipient, about_type=notice.about_type, about_id=notice.about_id, once=notice.once,
        occurred_at=notice.occurred_at, placeholders=notice.placeholders, reason=notice.once,
    )  # fmt: skip


def _post(notice: PlannedNotice) -> NotificationRecipient:
    return NotificationRecipient(role=notice.role, body=notice.body, unit_id=notice.unit_id)


async def _next(session: Session, notice: PlannedNotice, audience: str, after: UUID) -> list[UUID]:
    """The next people of the unit and below, in the order of their ids."""
    unit = await session.get(KnownUnit, notice.unit_id)
    table: Any = KnownResident if audience == RESIDENTS else KnownOrganization
    inside = col(table.unit_id) == notice.unit_id
    if unit is not None:
        inside = inside | col(table.unit_id).in_(units_under(unit.code))
    lives = col(table.life) == "alive" if audience == RESIDENTS else col(table.active)
    query = select(table.id).where(inside, lives, col(table.id) > after).order_by(col(table.id)).limit(BATCH)
    return list(await session.exec(query))


def _columns(plans: Sequence[Plan]) -> dict[str, Any]:
    return {
        "id": [new_id() for _ in plans],
        "once": onces(plans),
        "audience": [plan.audience for plan in plans],
        "person": [plan.recipient.person for plan in plans],
        "role": [plan.recipient.role for plan in plans],
        "body": [plan.recipient.body for plan in plans],
        "unit_id": [plan.recipient.unit_id for plan in plans],
        "kind": [plan.kind for plan in plans],
        "about_type": [plan.about_type for plan in plans],
        "about_id": [plan.about_id for plan in plans],
        "placeholders": [json.dumps(plan.placeholders) for plan in plans],
        "due_at": [plan.due_at for plan in plans],
    }


_WAS_NOTIFIED = text(
    "SELECT EXISTS (SELECT FROM planned_notice WHERE reason = :reason AND kind IN ('session_near', 'session_moved')"
    " AND told > 0 AND occurred_at <= :at AND (:cancelled OR (once <> :own AND NOT EXISTS (SELECT FROM planned_notice own"
    " WHERE own.once = :own AND own.told > 0))))"
)
_END = text(
    "WITH ended AS (UPDATE planned_notice SET ended_at = :now, occurred_at = :at WHERE reason = :reason"
    " AND once <> ALL(cast(:kept AS text[])) AND ended_at IS NULL AND occurred_at <= :at RETURNING once),"
    " gone AS (UPDATE notification SET ended_at = :now WHERE reason IN (SELECT once FROM ended) AND ended_at IS NULL"
    " RETURNING id)"
    " UPDATE notification_send SET status = 'dropped', reason_ended = 'reason-ended'"
    " WHERE status = 'queued' AND notification_id IN (SELECT id FROM gone)"
)
_PLAN = text(
    "INSERT INTO planned_notice AS old (id, once, audience, person, role, body, unit_id, kind, about_type, about_id,"
    " placeholders, due_at, reason, occurred_at, told)"
    " SELECT id, once, audience, person, role, body, unit_id, kind, about_type, about_id, cast(placeholders AS jsonb), due_at,"
    " :reason, :at, 0"
    " FROM unnest(cast(:id AS uuid[]), cast(:once AS text[]), cast(:audience AS text[]), cast(:person AS text[]),"
    " cast(:role AS text[]), cast(:body AS text[]), cast(:unit_id AS uuid[]), cast(:kind AS text[]),"
    " cast(:about_type AS text[]), cast(:about_id AS uuid[]), cast(:placeholders AS text[]), cast(:due_at AS timestamptz[]))"
    " AS new (id, once, audience, person, role, body, unit_id, kind, about_type, about_id, placeholders, due_at)"
    " ON CONFLICT (once) DO UPDATE SET ended_at = NULL, occurred_at = excluded.occurred_at"
    " WHERE old.occurred_at <= excluded.occurred_at"
)
_REVIVE = text(
    "UPDATE notification SET ended_at = NULL FROM planned_notice p WHERE p.once = ANY(cast(:kept AS text[]))"
    " AND p.ended_at IS NULL AND p.occurred_at = :at AND notification.reason = p.once AND notification.ended_at IS NOT NULL"
)
