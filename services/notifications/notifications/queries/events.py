"""The feed: public events that a partner may see, in the order in which they became known here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, func, or_, select

from chassis.storage.database import ReadSession
from notifications.model.events import EventReader, PublicEvent
from notifications.queries import partners


async def visible_events(session: ReadSession, partner_id: str) -> Any:
    """The query of the events that a partner may see."""
    return events_of(partner_id, is_app=await partners.is_app(session, partner_id))


def events_of(partner_id: str, *, is_app: bool) -> Any:
    """As `visible_events`: the one place that decides it for feed, deliveries and replays. `is_app`: the province's app."""
    own = select(EventReader.position).where(
        EventReader.partner_id == partner_id, EventReader.position == PublicEvent.position
    )
    if is_app:
        return select(PublicEvent).where(or_(col(PublicEvent.for_apps), own.exists()))
    return (
        select(PublicEvent)
        .join(EventReader, col(EventReader.position) == PublicEvent.position)
        .where(EventReader.partner_id == partner_id)
    )


async def list_events(
    session: ReadSession, partner_id: str, *, after: int, types: Sequence[str], limit: int
) -> list[PublicEvent]:
    """At most `limit` events after a position, oldest first; of `types` only, where there are any."""
    query = (await visible_events(session, partner_id)).where(col(PublicEvent.position) > after)
    if types:
        query = query.where(col(PublicEvent.type).in_(types))
    return list(await session.exec(query.order_by(col(PublicEvent.position)).limit(limit)))


async def position_of(session: ReadSession, event_id: UUID) -> int | None:
    """The position of an event by its id; None where it is not kept (any more)."""
    return (await session.exec(select(PublicEvent.position).where(PublicEvent.id == event_id))).first()


async def last_position(session: ReadSession) -> int:
    """The highest position so far."""
    return (await session.exec(select(func.max(PublicEvent.position)))).one() or 0
