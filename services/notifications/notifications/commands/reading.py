"""Marking notifications as read: those of a person once, those of an office (a role in a unit) for each account."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from notifications.model.notifications import NotificationRead
from notifications.queries.notifications import FeedItem, person_of, visible_notifications


async def mark_read(session: Session, caller: Caller, item: FeedItem) -> FeedItem:
    """The notification as read; one that was read before keeps its time."""
    if item.read_at is not None:
        return item
    moment = now()
    if item.notification.person is None:
        row = NotificationRead(notification_id=item.notification.id, person=person_of(caller), at=moment)
        await session.execute(insert(NotificationRead).values(**row.model_dump()).on_conflict_do_nothing())
    else:
        item.notification.read_at = moment
        session.add(item.notification)
    return FeedItem(item.notification, moment)


async def mark_all_read(session: Session, caller: Caller) -> None:
    """Everything in the caller's feed is read."""
    visible = (await visible_notifications(session, caller)).subquery()
    unread = visible.select().where(visible.c.seen_at.is_(None)).with_only_columns(visible.c.id, visible.c.person)
    rows = (await session.execute(unread)).all()
    own, posts = [row.id for row in rows if row.person], [row.id for row in rows if row.person is None]
    await session.execute(_READ, {"ids": own, "at": now()})
    await session.execute(_READ_POSTS, {"ids": posts, "at": now(), "person": person_of(caller)})


_READ = text("UPDATE notification SET read_at = :at WHERE id = ANY(cast(:ids AS uuid[])) AND read_at IS NULL")
_READ_POSTS = text(
    "INSERT INTO notification_read (notification_id, person, at) SELECT id, :person, :at"
    " FROM unnest(cast(:ids AS uuid[])) AS unread (id) ON CONFLICT DO NOTHING"
)
