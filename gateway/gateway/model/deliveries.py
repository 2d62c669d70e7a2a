"""What partners delivered, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from contracts.gateway import SEALED_AT
from gateway.model.tables import Table

DELIVERY_BODY = CipherContext(*SEALED_AT)
"""The context in which a message's data are encrypted (row: the delivery's id); the same ciphertext is on the bus."""


class Delivery(Table, table=True):
    """One message of a partner, known by the partner's own id of it. `event` is null for what needs no action."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("partner_id", "webhook_id"),
        Index("ix_delivery_partner_id_id", "partner_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    partner_id: str = Field(foreign_key="partner.id", sa_type=Text)
    webhook_id: str = Field(sa_type=Text)
    event: str | None = Field(default=None, sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    received_at: datetime = Field(sa_type=aware())
    body_hash: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    subject_key: str = Field(sa_type=Text)
    status: str = Field(default="accepted", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    attempt: int = 1
    repeats: int = 0
    conflicts: int = 0

    def start_attempt(self) -> None:
        self.attempt += 1
        self.status, self.reason = "accepted", None


class DeliveryConflict(Table, table=True):
    """The same id with another body: kept, flagged, never applied."""

    __tablename__ = "delivery_conflict"

    delivery_id: UUID = Field(foreign_key="delivery.id", primary_key=True)
    body_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    id: UUID = Field(default_factory=new_id, unique=True)
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(default_factory=now, sa_type=aware())


class DeliveryOutcome(Table, table=True):
    """The newest outcome of a delivery in one service."""

    __tablename__ = "delivery_outcome"

    delivery_id: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True, sa_type=Text)
    outcome: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=aware())
