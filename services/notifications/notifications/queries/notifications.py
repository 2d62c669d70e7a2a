"""The feed of a person: its notifications and those for its post, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, func, or_, select, tuple_

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from notifications.model import people
from notifications.model.notification_kinds import KINDS, Kind
from notifications.model.notifications import Notification, NotificationChannel, NotificationRead, NotificationSend
from notifications.model.people import KnownResident
from notifications.model.preferences import NotificationPreference
from replicas.queries import merged_into

STAFF = ("officer", "volunteer", "operator")


@dataclass(frozen=True)
class FeedItem:
    """A notification as one person sees it."""

    notification: Notification
    read_at: datetime | None


@dataclass(frozen=True)
class FeedPage:
    """A part of the feed; `unread` counts the whole of it."""

    items: list[FeedItem]
    next_cursor: str | None
    unread: int


def person_of(caller: Caller) -> str:
    """The caller, or whom the caller acts for, as `person`."""
    if caller.role == "resident" and caller.resident_id:
        return people.resident(caller.resident_id)
    if caller.role == "organization" and caller.organization_id:
        return people.organization(caller.organization_id)
    return people.account(caller.subject)


async def read_feed(
    session: ReadSession, caller: Caller, page: Page, *, since: datetime | None, is_unread: bool | None
) -> FeedPage:
    """A page of the feed. `since`: only what became known after it; `is_unread`: only what was (not) read."""
    visible = await visible_notifications(session, caller)
    query = visible
    if since is not None:
        query = query.where(col(Notification.at) > since)
    if is_unread is not None:
        query = query.where(_read_at().is_(None) if is_unread else _read_at().is_not(None))
    if after := page.after_key(datetime.fromisoformat, UUID):
        query = query.where(tuple_(col(Notification.at), col(Notification.id)) < after)
    query = query.order_by(col(Notification.at).desc(), col(Notification.id).desc()).limit(page.limit + 1)
    items = [FeedItem(*row) for row in await session.execute(query)]
    unread = select(func.count()).select_from(visible.where(_read_at().is_(None)).subquery())
    cursor = None
    if len(items) > page.limit:
        items = items[: page.limit]
        cursor = cursor_at(items[-1].notification.at.isoformat(), items[-1].notification.id)
    return FeedPage(items, cursor, (await session.exec(unread)).one())


async def get_notification(session: ReadSession, caller: Caller, notification_id: UUID) -> FeedItem:
    """One notification of the caller; NotFound for another's."""
    query = (await visible_notifications(session, caller)).where(Notification.id == notification_id)
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound()
    return FeedItem(*row)


async def list_sends(session: ReadSession, notification_id: UUID) -> Sequence[NotificationSend]:
    """The ways a notification took."""
    query = select(NotificationSend).where(NotificationSend.notification_id == notification_id)
    return (await session.exec(query.order_by(col(NotificationSend.id)))).all()


async def visible_notifications(session: ReadSession, caller: Caller) -> Any:
    """The query of what the caller may see, with the time of reading: the one place that decides it.

    A representative sees the kinds of the scope of the representation. Reminders whose reason ended are gone.
    """
    person = person_of(caller)
    read = (col(NotificationRead.notification_id) == col(Notification.id)) & (col(NotificationRead.person) == person)
    mine: Any = col(Notification.person).in_(await _records_of(session, caller, person))
    if caller.role in STAFF:
        mine = or_(mine, _of_post(caller))
    shown = [kind.name for kind in await _kinds(session, caller, person)]
    reminders = [kind.name for kind in KINDS if kind.is_reminder]
    return (
        select(Notification, _read_at().label("seen_at"))
        .outerjoin(NotificationRead, read)
        .where(mine, col(Notification.kind).in_(shown))
        .where(or_(col(Notification.ended_at).is_(None), ~col(Notification.kind).in_(reminders)))
    )


def _read_at() -> Any:
    return func.coalesce(col(Notification.read_at), col(NotificationRead.at))


def _of_post(caller: Caller) -> Any:
    """Of the caller's role, body and units; what is for no unit is for a role of the whole platform."""
    role, body, unit = col(Notification.role), col(Notification.body), col(Notification.unit_id)
    if caller.role == "operator" or caller.unit_code is None:
        return col(Notification.person).is_(None) & (role == caller.role) & unit.is_(None)
    return (
        col(Notification.person).is_(None)
        & unit.in_(units_under(caller.unit_code))
        & or_(role.is_(None), role == caller.role)
        & or_(body.is_(None), body == caller.body)
    )


async def _records_of(session: ReadSession, caller: Caller, person: str) -> list[str]:
    """The person, and the duplicates that were merged into it."""
    if caller.role != "resident" or caller.resident_id is None:
        return [person]
    duplicates = await session.execute(select(merged_into(KnownResident, caller.resident_id).subquery()))
    return [person, *(people.resident(id_) for (id_,) in duplicates)]


async def _kinds(session: ReadSession, caller: Caller, person: str) -> list[Kind]:
    query = select(NotificationPreference.kind).where(
        NotificationPreference.person == person,
        NotificationPreference.channel == NotificationChannel.APP.value,
        ~col(NotificationPreference.is_on),
    )
    hidden = set(await session.exec(query))
    kinds = [kind for kind in KINDS if kind.name not in hidden]
    if caller.acting_for:
        return [kind for kind in kinds if kind.scope in caller.acting_scopes]
    return kinds
