"""What a person wants to get, over which channels, when; the devices that get pushes."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, text
from sqlmodel import col, func, select

from chassis.clock import now
from chassis.security.encryption import encrypt
from chassis.storage.database import Session
from chassis.storage.locks import lock_names
from notifications.errors import DeviceLimit
from notifications.model.preferences import (
    ON_BY_DEFAULT,
    QUIET_FROM,
    QUIET_UNTIL,
    TOKEN,
    Device,
    NotificationPreference,
    QuietHours,
)

MOST_DEVICES = 20
Wanted = Mapping[tuple[str, str], bool]
"""Whether a channel is on, by kind and channel."""


async def replace_preferences(session: Session, person: str, wanted: Wanted, quiet: tuple[int, int] | None) -> None:
    """These preferences and no others; what is not named is as by default."""
    await session.execute(delete(NotificationPreference).where(col(NotificationPreference.person) == person))
    session.add_all(
        NotificationPreference(person=person, kind=kind, channel=channel, is_on=is_on)
        for (kind, channel), is_on in wanted.items()
        if is_on is not (channel in ON_BY_DEFAULT)
    )
    starts_hour, ends_hour = quiet or (QUIET_FROM, QUIET_UNTIL)
    await session.merge(QuietHours(person=person, starts_hour=starts_hour, ends_hour=ends_hour))


async def register_device(session: Session, person: str, device_id: str, platform: str, token: str) -> Device:
    """Registers a device, or its new token. A token that another person registered before is theirs no longer."""
    digest = hashlib.sha256(token.encode()).digest()
    await lock_names(session, [f"device|{digest.hex()}", f"devices|{person}"])
    query = select(Device).where(Device.person == person, Device.device_id == device_id)
    device = (await session.exec(query)).first()
    others = delete(Device).where(col(Device.token_digest) == digest)
    if device is not None:
        others = others.where(col(Device.id) != device.id)
    await _drop_sends(session, list((await session.execute(others.returning(col(Device.id)))).scalars()))
    if device is None:
        await _require_below_limit(session, person)
        device = Device(
            person=person, device_id=device_id, platform=platform, token=b"", token_digest=digest, registered_at=now()
        )
    device.platform, device.token_digest, device.registered_at = platform, digest, now()
    device.token = encrypt(TOKEN, str(device.id), token)
    session.add(device)
    return device


async def remove_device(session: Session, person: str, device_id: str) -> None:
    """Removes a device with what is queued for it; one that is not there is removed already."""
    gone = delete(Device).where(col(Device.person) == person, col(Device.device_id) == device_id)
    await _drop_sends(session, list((await session.execute(gone.returning(col(Device.id)))).scalars()))


async def _require_below_limit(session: Session, person: str) -> None:
    count = (await session.exec(select(func.count()).where(Device.person == person))).one()
    if count >= MOST_DEVICES:
        raise DeviceLimit()


async def _drop_sends(session: Session, devices: list[object]) -> None:
    if devices:
        await session.execute(_DROP, {"devices": devices})


_DROP = text(
    "UPDATE notification_send SET status = 'dropped', reason_ended = 'device-removed' WHERE status = 'queued'"
    " AND device_id = ANY(cast(:devices AS uuid[]))"
)
