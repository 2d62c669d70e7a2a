"""Subscriptions: an endpoint of a partner, the types it wants, its secrets, and how it is doing."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from notifications.model import Table

SECRET = CipherContext("notifications", "subscription_secret", "sealed")


class SubscriptionStatus(StrEnum):
    """`paused`: by its owner, or because the endpoint answered 410. `disabled`: it failed for too long."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Warned(StrEnum):
    """How far its owner was warned since the endpoint has been failing."""

    HALF = "half"
    NEARLY = "nearly"
    DISABLED = "disabled"


class Subscription(Table, table=True):
    """A subscription. `position` is that of the last public event that was turned into deliveries.

    While it is paused or disabled the position stays, so nothing is lost as long as the events are kept.
    """

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_partner", "partner_id", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    types: list[str] = Field(sa_type=ARRAY(Text))
    description: str | None = Field(default=None, sa_type=Text)
    status: str = Field(default=SubscriptionStatus.ACTIVE.value, sa_type=Text)
    status_reason: str | None = Field(default=None, sa_type=Text)
    """Why it is not active: `owner`, `gone` (the endpoint answered 410), `failing`."""
    position: int = Field(sa_type=BigInteger)
    version: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=aware())
    updated_at: datetime = Field(default_factory=now, sa_type=aware())
    deleted_at: datetime | None = Field(default=None, sa_type=aware())
    failing_since: datetime | None = Field(default=None, sa_type=aware())
    """The first failed attempt after the last success."""
    warned: str | None = Field(default=None, sa_type=Text)
    last_success_at: datetime | None = Field(default=None, sa_type=aware())

    @property
    def is_active(self) -> bool:
        return self.status == SubscriptionStatus.ACTIVE

    def touch(self) -> None:
        """Counts a change."""
        self.version += 1
        self.updated_at = now()


class SubscriptionSecret(Table, table=True):
    """A signing secret, encrypted for its row; several count at once while they overlap."""

    __tablename__ = "subscription_secret"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id", index=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    hint: str = Field(sa_type=Text)
    """The last four characters, to distinguish secrets."""
    valid_from: datetime = Field(default_factory=now, sa_type=aware())
    valid_until: datetime | None = Field(default=None, sa_type=aware())


class SubscriptionAct(Table, table=True):
    """What happened to a subscription, and who did it; without secrets and without personal data."""

    __tablename__ = "subscription_act"
    __table_args__ = (Index("ix_subscription_act_subscription", "subscription_id", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    subscription_id: UUID
    at: datetime = Field(default_factory=now, sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
