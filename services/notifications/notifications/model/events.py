"""Public events: what partners may know of what happened, in the order in which it became known here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Text
from sqlmodel import Field

from chassis.storage.database import aware
from notifications.model import Table


class PublicEvent(Table, table=True):
    """One public event, kept 30 days.

    `position` rises in the order of commits (see `commands.publishing`): a reader that continues after the highest position
    it has seen misses nothing. Events of one `subject` have the order in which their service published them.
    """

    __tablename__ = "public_event"
    __table_args__ = (
        Index("ix_public_event_type", "type", "position"),
        Index("ix_public_event_recorded_at", "recorded_at"),
    )

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    id: UUID = Field(unique=True)
    """The id in the feed, and the `webhook-id` of every attempt to every subscription."""
    type: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    once: str = Field(sa_type=Text, unique=True)
    """The type and what makes the event the same one: handled again, it is not recorded again."""
    for_apps: bool
    """Whether the province's app sees it."""
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    occurred_at: datetime = Field(sa_type=aware())
    recorded_at: datetime = Field(sa_type=aware())
    body: str = Field(sa_type=Text)
    """The JSON that is sent: `{type, timestamp, data}`."""


class EventReader(Table, table=True):
    """A partner, other than the app, that may see an event."""

    __tablename__ = "event_reader"

    partner_id: str = Field(primary_key=True, sa_type=Text)
    position: int = Field(
        sa_column=Column(
            BigInteger, ForeignKey("public_event.position", ondelete="CASCADE"), primary_key=True, index=True
        )
    )
