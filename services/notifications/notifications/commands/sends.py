"""Which channels a notification goes over, and when: preferences, devices, quiet hours."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.ids import new_id
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from notifications.commands.recipients import Resolved, records_of
from notifications.model.notifications import SENT_CHANNELS, NotificationChannel, NotificationSend
from notifications.model.preferences import (
    ON_BY_DEFAULT,
    QUIET_FROM,
    QUIET_UNTIL,
    URGENT,
    Device,
    NotificationPreference,
    QuietHours,
)

ToSend = tuple[UUID, Resolved, str]
"""A new notification: its id, its person, its kind."""


async def queue_sends(session: Session, notifications: Sequence[ToSend]) -> None:
    """One send for each channel that the person wants for this kind; of push for each device."""
    if not notifications:
        return
    persons = {person.person for _, person, _ in notifications}
    preferences, devices = await _preferences(session, persons), await _devices(session, persons)
    quiet, moment = await _quiet_hours(session, persons), now()
    rows = []
    for notification_id, person, kind in notifications:
        hours = quiet.get(person.person, (QUIET_FROM, QUIET_UNTIL))
        due_at = moment if kind in URGENT else end_of_quiet(moment, *hours)
        for channel in SENT_CHANNELS:
            if preferences.get((person.person, kind, channel.value), channel in ON_BY_DEFAULT):
                targets = devices[person.person] if channel is NotificationChannel.PUSH else [None]
                rows += [
                    (new_id(), notification_id, channel.value, target, person.unit_code, due_at) for target in targets
                ]
    if rows:
        await session.execute(*_SENDS.of(rows, status="queued", attempts=0))


def end_of_quiet(moment: datetime, starts_hour: int, ends_hour: int) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls, in Asia/Ho_Chi_Minh."""
    local = moment.astimezone(HO_CHI_MINH)
    hours = (local.hour - starts_hour) % 24
    if hours >= (ends_hour - starts_hour) % 24:
        return moment
    end = local.replace(hour=ends_hour, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


async def drop_sends_to(session: Session, persons: Collection[str], reason: str) -> None:
    """Drops what is queued for these persons."""
    await session.execute(_DROP_OF_PERSONS, {"persons": list(persons), "reason": reason})


async def _preferences(session: Session, persons: Collection[str]) -> dict[tuple[str, str, str], bool]:
    found = await session.exec(select(NotificationPreference).where(col(NotificationPreference.person).in_(persons)))
    return {(one.person, one.kind, one.channel): one.is_on for one in found}


async def _devices(session: Session, persons: Collection[str]) -> dict[str, list[UUID | None]]:
    """Devices by person; those of merged duplicates are the survivor's."""
    owners = await records_of(session, persons)
    found: dict[str, list[UUID | None]] = defaultdict(list)
    query = select(Device.id, Device.person).where(col(Device.person).in_(owners))
    for device_id, person in await session.exec(query):
        found[owners[person]].append(device_id)
    return found


async def _quiet_hours(session: Session, persons: Collection[str]) -> dict[str, tuple[int, int]]:
    found = await session.exec(select(QuietHours).where(col(QuietHours.person).in_(persons)))
    return {one.person: (one.starts_hour, one.ends_hour) for one in found}


_SENDS = BulkInsert(
    NotificationSend, ["id", "notification_id", "channel", "device_id", "unit_code", "due_at"],
    constants=["status", "attempts"],
)  # fmt: skip
_DROP_OF_PERSONS = text(
    "UPDATE notification_send SET status = 'dropped', reason_ended = :reason WHERE status = 'queued'"
    " AND notification_id IN (SELECT id FROM notification WHERE person = ANY(cast(:persons AS text[])))"
)
