"""What a person wants: channels by kind, quiet hours, and the devices that get pushes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from notifications.model import Table
from notifications.model.notifications import NotificationChannel

TOKEN = CipherContext("notifications", "device", "token")
"""Where a device's token is encrypted; the row is the text of `Device.id`."""
ON_BY_DEFAULT = frozenset({NotificationChannel.APP, NotificationChannel.PUSH})
QUIET_FROM, QUIET_UNTIL = 21, 7
"""The default quiet hours, in Asia/Ho_Chi_Minh: from 21:00 to 7:00 nothing rings."""
URGENT = frozenset({"link_added", "representative_added", "delivery_failing"})
"""Kinds that ring in quiet hours: another person may be acting in the person's name, or events are about to be lost."""


class NotificationPreference(Table, table=True):
    """One channel of one kind, where the person wants it otherwise than by default."""

    __tablename__ = "notification_preference"

    person: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    is_on: bool


class QuietHours(Table, table=True):
    """A person's quiet hours, where they differ from the default; equal hours: none."""

    __tablename__ = "quiet_hours"

    person: str = Field(primary_key=True, sa_type=Text)
    starts_hour: int
    ends_hour: int


class Platform(StrEnum):
    """The kind of a device: it decides how a push reaches it."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class Device(Table, table=True):
    """An installation of the app, or a browser. `token`: FCM's registration token, or for `web` the push subscription's JSON."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("person", "device_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: str = Field(sa_type=Text)
    device_id: str = Field(sa_type=Text)
    """The app's own name for it."""
    platform: str = Field(sa_type=Text)
    token: bytes = Field(sa_type=LargeBinary)
    """Encrypted for this row (`TOKEN`)."""
    token_digest: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    """SHA-256 of the token, which is random: it belongs to the person who registered it last."""
    registered_at: datetime = Field(sa_type=aware())
