"""Notifications: a piece of news for one person or one post, news that is planned, and the sends to devices and numbers."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from notifications.model import Table


class StoredNews(Table):
    """The columns of a piece of news, made (`Notification`) or planned (`PlannedNotice`).

    It is for a `person` (see `model.people`), or for a post, where `person` is None: all with this `role` and `body`
    (each None: any) whose units cover `unit_id`. `placeholders` are codes, ids, amounts and times, never personal data.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    once: str = Field(sa_type=Text, unique=True)
    person: str | None = Field(default=None, sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    unit_id: UUID | None = None
    kind: str = Field(sa_type=Text)
    about_type: str = Field(sa_type=Text)
    about_id: UUID
    placeholders: dict[str, Any] = Field(default={}, sa_type=JSONB)
    reason: str | None = Field(default=None, sa_type=Text)
    """What it is about as long as it holds, such as `bill:<id>`: when that ends, nothing more is sent."""
    occurred_at: datetime = Field(sa_type=aware())
    ended_at: datetime | None = Field(default=None, sa_type=aware())


class Notification(StoredNews, table=True):
    """One piece of news, recorded once: `once` is unique over replays and channels."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_person", "person", "at"),
        Index("ix_notification_post", "unit_id", "at", postgresql_where="person IS NULL"),
        Index("ix_notification_reason", "reason", postgresql_where="reason IS NOT NULL"),
        Index("ix_notification_at", "at"),
    )

    at: datetime = Field(sa_type=aware())
    """When it became known here."""
    read_at: datetime | None = Field(default=None, sa_type=aware())
    """When its person read it; that an account read one of its office is a row of `NotificationRead`."""


class NotificationRead(Table, table=True):
    """One account has read a notification for a post."""

    __tablename__ = "notification_read"

    notification_id: UUID = Field(sa_column=Column(ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True))
    person: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=aware())


class PlannedNotice(StoredNews, table=True):
    """News that becomes notifications at `due_at`: of one person or post, or of an `audience` in a unit, batch by batch.

    `audience`: None (one person or post, as in `StoredNews`), or `people`: residents and organizations of the unit and below,
    and its officers and volunteers. `cursor` is the last person notified, `told` (the column's name) their number.
    """

    __tablename__ = "planned_notice"
    __table_args__ = (
        Index("ix_planned_notice_due", "due_at", postgresql_where="finished_at IS NULL AND ended_at IS NULL"),
        Index("ix_planned_notice_reason", "reason"),
        Index("ix_planned_notice_about", "about_id"),
    )

    audience: str | None = Field(default=None, sa_type=Text)
    due_at: datetime = Field(sa_type=aware())
    cursor: str | None = Field(default=None, sa_type=Text)
    told: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=aware())


class NotificationChannel(StrEnum):
    """A way to a person beside the feed, which every notification is in (`app`)."""

    APP = "app"
    PUSH = "push"
    SMS = "sms"
    ZALO = "zalo"
    EMAIL = "email"


SENT_CHANNELS = (NotificationChannel.PUSH, NotificationChannel.SMS, NotificationChannel.ZALO, NotificationChannel.EMAIL)


class SendStatus(StrEnum):
    """`queued`: due at `due_at`; `sent`: the channel took it; `dropped`: its reason ended, or nothing may be sent."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class NotificationSend(Table, table=True):
    """A notification on its way over one channel, for `push` to one device; made with the notification."""

    __tablename__ = "notification_send"
    __table_args__ = (
        UniqueConstraint("notification_id", "channel", "device_id", postgresql_nulls_not_distinct=True),
        Index("ix_notification_send_due", "due_at", postgresql_where="status = 'queued'"),
        Index(
            "ix_notification_send_reference", "provider_reference", postgresql_where="provider_reference IS NOT NULL"
        ),
        Index("ix_notification_send_device", "device_id", postgresql_where="device_id IS NOT NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    notification_id: UUID = Field(foreign_key="notification.id", ondelete="CASCADE")
    channel: str = Field(sa_type=Text)
    device_id: UUID | None = None
    """`device.id`; of `push` only."""
    unit_code: str | None = Field(default=None, sa_type=Text)
    """The unit of the person, whose budget it is."""
    status: str = Field(default=SendStatus.QUEUED.value, sa_type=Text)
    due_at: datetime = Field(sa_type=aware())
    """Now, or the end of the person's quiet hours."""
    attempts: int = 0
    claimed_until: datetime | None = Field(default=None, sa_type=aware())
    """A sender is attempting it until then; afterwards another sender may."""
    provider_reference: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)
    """A stable code of the last failure."""
    template_version: int | None = None
    sent_at: datetime | None = Field(default=None, sa_type=aware())
    delivered_at: datetime | None = Field(default=None, sa_type=aware())
    reason_ended: str | None = Field(default=None, sa_type=Text)
    """Why it was dropped: `reason-ended`, `deceased`, `device-removed`, `budget` ..."""
