"""What a person wants to get, over which channels, when."""

from sqlmodel import select

from chassis.storage.database import ReadSession
from notifications.model.notifications import NotificationChannel
from notifications.model.preferences import (
    ON_BY_DEFAULT,
    QUIET_FROM,
    QUIET_UNTIL,
    NotificationPreference,
    QuietHours,
)


async def channels_by_kind(session: ReadSession, person: str, kinds: list[str]) -> dict[str, dict[str, bool]]:
    """By kind, whether each channel is on."""
    found = await session.exec(select(NotificationPreference).where(NotificationPreference.person == person))
    wanted = {(one.kind, one.channel): one.is_on for one in found}
    return {
        kind: {
            channel.value: wanted.get((kind, channel.value), channel in ON_BY_DEFAULT)
            for channel in NotificationChannel
        }
        for kind in kinds
    }


async def quiet_hours(session: ReadSession, person: str) -> tuple[int, int]:
    """The hours from and until which nothing rings."""
    found = await session.get(QuietHours, person)
    return (found.starts_hour, found.ends_hour) if found else (QUIET_FROM, QUIET_UNTIL)
