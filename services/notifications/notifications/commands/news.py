"""News becomes notifications: each for one person or post, recorded once, with its sends, in an order that polling relies on."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import text
from sqlmodel import col, func, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from notifications.commands.recipients import Resolved, resolve
from notifications.commands.sends import queue_sends
from notifications.model.notifications import Notification
from notifications.model.recipients import NotificationRecipient

NOTIFICATIONS = Counter("bakhong_notifications", "Notifications to people", ["kind"])


@dataclass(frozen=True)
class News:
    """A notification to make; `once` and the recipient make it the same news. `is_ended`: its reason has ended already."""

    kind: str
    recipient: NotificationRecipient
    about_type: str
    about_id: UUID
    once: str
    occurred_at: datetime
    placeholders: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    is_ended: bool = False

    @property
    def key(self) -> str:
        """What is unique of the notification."""
        return f"{self.once}|{self.recipient}"


async def record_news(session: Session, news: Sequence[News]) -> int:
    """Records the news that was not recorded before, and queues its sends; returns how many notifications that makes.

    News of a merged resident is for the survivor; the deceased get none.
    """
    expanded = await _expand(session, news)
    resolved = await resolve(session, {one.recipient.person for one in expanded if one.recipient.person})
    rows = list(_deduplicated(expanded, resolved))
    if not rows:
        return 0
    at = await _next_moment(session)
    inserted = (await session.execute(_INSERT, _columns(rows, at))).all()
    for _, _, kind in inserted:
        NOTIFICATIONS.labels(kind).inc()
    people = {one.key: person for one, person in rows if not one.is_ended}
    await queue_sends(
        session, [(id_, person, kind) for id_, once, kind in inserted if (person := people.get(once)) is not None]
    )
    return len(inserted)


async def _expand(session: Session, news: Sequence[News]) -> list[News]:
    """News for all who were informed of a reason becomes news for each of them, of this batch too."""
    reasons = {one.recipient.informed_of for one in news if one.recipient.informed_of}
    if not reasons:
        return list(news)
    query = select(Notification.reason, Notification.person).where(col(Notification.reason).in_(reasons)).distinct()
    informed = {(reason, person) for reason, person in await session.exec(query)}
    informed |= {(one.reason, one.recipient.person) for one in news if one.reason in reasons}
    expanded = []
    for one in news:
        if one.recipient.informed_of is None:
            expanded.append(one)
        people = sorted(person for reason, person in informed if person and reason == one.recipient.informed_of)
        expanded += [replace(one, recipient=NotificationRecipient(person)) for person in people]
    return expanded


def _deduplicated(news: Sequence[News], resolved: dict[str, Resolved]) -> Iterable[tuple[News, Resolved | None]]:
    """Each news once, also where two records of one event were merged into one person; without the dead."""
    seen: set[tuple[str, str]] = set()
    for one in sorted(news, key=lambda each: each.recipient.person or ""):
        person = resolved[one.recipient.person] if one.recipient.person else None
        who = (one.once, person.person if person else str(one.recipient))
        if who not in seen and (person is None or person.is_reachable):
            seen.add(who)
            yield one, person


async def _next_moment(session: Session) -> datetime:
    """When the news becomes known: later than all that is known so far, under a lock that is held until the commit.

    So a client that polls by the newest `at` misses nothing, however late another transaction commits.
    """
    await lock_name(session, "notifications")
    last = (await session.exec(select(func.max(Notification.at)))).one()
    return now() if last is None else max(now(), last + timedelta(microseconds=1))


def _columns(rows: Sequence[tuple[News, Resolved | None]], at: datetime) -> dict[str, Any]:
    return {
        "id": [new_id() for _ in rows],
        "person": [person.person if person else None for _, person in rows],
        "role": [one.recipient.role for one, _ in rows],
        "body": [one.recipient.body for one, _ in rows],
        "unit_id": [one.recipient.unit_id for one, _ in rows],
        "kind": [one.kind for one, _ in rows],
        "about_type": [one.about_type for one, _ in rows],
        "about_id": [one.about_id for one, _ in rows],
        "placeholders": [json.dumps(one.placeholders, ensure_ascii=False) for one, _ in rows],
        "occurred_at": [one.occurred_at for one, _ in rows],
        "once": [one.key for one, _ in rows],
        "reason": [one.reason for one, _ in rows],
        "ended_at": [at if one.is_ended else None for one, _ in rows],
        "at": at,
    }


_INSERT = text(
    "INSERT INTO notification (id, person, role, body, unit_id, kind, about_type, about_id, placeholders, occurred_at, once,"
    " reason, ended_at, at)"
    " SELECT id, person, role, body, unit_id, kind, about_type, about_id, cast(placeholders AS jsonb), occurred_at, once,"
    " reason, ended_at, :at"
    " FROM unnest(cast(:id AS uuid[]), cast(:person AS text[]), cast(:role AS text[]), cast(:body AS text[]),"
    " cast(:unit_id AS uuid[]), cast(:kind AS text[]), cast(:about_type AS text[]), cast(:about_id AS uuid[]),"
    " cast(:placeholders AS text[]), cast(:occurred_at AS timestamptz[]), cast(:once AS text[]), cast(:reason AS text[]),"
    " cast(:ended_at AS timestamptz[])) AS new (id, person, role, body, unit_id, kind, about_type, about_id, placeholders,"
    " occurred_at, once, reason, ended_at)"
    " ON CONFLICT (once) DO NOTHING RETURNING id, once, kind"
)
