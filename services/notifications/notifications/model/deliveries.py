"""Deliveries: one public event for one subscription, and every attempt to hand it over."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from notifications.model import Table

ANSWER = CipherContext("notifications", "delivery_attempt", "answer")
LONGEST_ANSWER = 1024
"""Bytes of an answer's body that are kept."""


class DeliveryStatus(StrEnum):
    """`pending`: the first or the next attempt is due at `next_attempt_at`."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class EventDelivery(Table, table=True):
    """One event for one subscription. A row is made when the event is due for its first attempt."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "position"),
        Index("ix_delivery_due", "subscription_id", "next_attempt_at", postgresql_where="status = 'pending'"),
        Index("ix_delivery_claimed", "subscription_id", postgresql_where="claimed_until IS NOT NULL"),
        Index("ix_delivery_subscription", "subscription_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id")
    position: int = Field(
        sa_column=Column(
            BigInteger, ForeignKey("public_event.position", ondelete="CASCADE"), index=True, nullable=False
        )
    )
    type: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    status: str = Field(default=DeliveryStatus.PENDING.value, sa_type=Text)
    attempts: int = 0
    """All attempts that were made, for its number."""
    retries: int = 0
    """Retries of the schedule that are used up; a resend or a replay starts again from 0."""
    is_forced: bool = False
    """Asked for by the owner (test, resend): attempted even while the subscription is not active."""
    created_at: datetime = Field(sa_type=aware())
    next_attempt_at: datetime | None = Field(default=None, sa_type=aware())
    claimed_until: datetime | None = Field(default=None, sa_type=aware())
    """A sender is attempting it until then; afterwards another sender may."""
    delivered_at: datetime | None = Field(default=None, sa_type=aware())


class DeliveryAttempt(Table, table=True):
    """One attempt: the answer's status, or what went wrong. `answer` is the beginning of the body, encrypted."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (Index("ix_delivery_attempt_delivery", "delivery_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID = Field(foreign_key="delivery.id", ondelete="CASCADE")
    number: int
    at: datetime = Field(sa_type=aware())
    milliseconds: int
    status_code: int | None = None
    error: str | None = Field(default=None, sa_type=Text)
    """A stable code where no usable answer came: `timeout`, `connection-failed`, `address-not-allowed` ..."""
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)


class Replay(Table, table=True):
    """A replay that an owner asked for."""

    __tablename__ = "replay"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id", index=True)
    requested_at: datetime = Field(sa_type=aware())
    requested_by: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=aware())
    ends_at: datetime = Field(sa_type=aware())
    deliveries: int
