"""Internal events become news for people, and end the reasons of earlier news (see `model.notification_kinds`)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import local_date, now
from chassis.storage.database import Session
from contracts.event import Event
from notifications.commands.news import News, record_news
from notifications.model.notification_kinds import CAUSES, DAY, ENDINGS, Cause, Kind
from notifications.model.partners import KnownMerchant

OLD = timedelta(days=30)
"""Older events make no notification: a topic that is read from its beginning notifies no one of the past."""
Ended = tuple[str, datetime | None]
"""A reason, and the moment until which it held; None: all that is known of it has ended."""


async def notify_people(session: Session, events: Sequence[Event]) -> None:
    """Records the news that follows from events, in their order. Events that are handled again make none again."""
    merchants = await _merchants_of(session, events)
    news: list[News] = []
    ended: list[Ended] = []
    for event in events:
        ends = list(_ends_of(event))
        reasons = {reason for reason, _ in ends}
        news = [replace(one, is_ended=True) if one.reason in reasons else one for one in news] if reasons else news
        ended += ends
        news += _news_of(event, merchants.get(getattr(event, "merchant_id", None) or UUID(int=0)))
    await end_reasons(session, ended)
    await record_news(session, news)


async def end_reasons(session: Session, ended: Sequence[Ended]) -> None:
    """Nothing more is sent for these reasons, as far as it became known before they ended."""
    if ended:
        reasons, moments = zip(*ended, strict=True)
        await session.execute(_END, {"reasons": list(reasons), "moments": list(moments), "now": now()})


def _news_of(event: Event, merchant: KnownMerchant | None) -> Iterable[News]:
    for kind, cause in CAUSES.get(type(event), ()):
        if cause.when(event) and (occurred_at := getattr(event, cause.at)) > now() - OLD:
            yield from _news(event, merchant, kind, cause, occurred_at)


def _news(
    event: Event, merchant: KnownMerchant | None, kind: Kind, cause: Cause, occurred_at: datetime
) -> Iterable[News]:
    values = event.model_dump(mode="json", include=set(cause.fills))
    for recipient in cause.recipients(event, merchant):
        yield News(
            kind=kind.name,
            recipient=recipient,
            about_type=cause.about[0],
            about_id=getattr(event, cause.about[1]),
            once="|".join([kind.name, *(_part(event, name, occurred_at) for name in cause.once)]),
            occurred_at=occurred_at,
            placeholders=values,
            reason=cause.reason.format(**dict(event)) if cause.reason else None,
        )


def _part(event: Event, name: str, occurred_at: datetime) -> str:
    return str(local_date(occurred_at)) if name == DAY else str(getattr(event, name))


def _ends_of(event: Event) -> Iterable[Ended]:
    for end in ENDINGS.get(type(event), ()):
        if end.when(event):
            yield end.reason.format(**dict(event)), getattr(event, end.at) if end.at else None


async def _merchants_of(session: Session, events: Sequence[Event]) -> dict[UUID, KnownMerchant]:
    ids = {getattr(event, "merchant_id", None) for event in events if type(event) in CAUSES} - {None}
    if not ids:
        return {}
    found: Any = await session.exec(select(KnownMerchant).where(col(KnownMerchant.id).in_(ids)))
    return {merchant.id: merchant for merchant in found}


_END = text(
    "WITH ended AS (UPDATE notification SET ended_at = :now"
    " FROM unnest(cast(:reasons AS text[]), cast(:moments AS timestamptz[])) AS gone (reason, at)"
    " WHERE notification.reason = gone.reason AND notification.ended_at IS NULL"
    " AND notification.occurred_at <= coalesce(gone.at, 'infinity')"
    " RETURNING notification.id)"
    " UPDATE notification_send SET status = 'dropped', reason_ended = 'reason-ended'"
    " WHERE status = 'queued' AND notification_id IN (SELECT id FROM ended)"
)
