"""Reads of residents' data in other services, from their events; the registry's own are `AccessEntry` rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from registry.model import Table

ACCESS_REASON = CipherContext("registry", "access_reason", "reason")


class AccessElsewhere(Table, table=True):
    """Another service showed data of a resident to a caller."""

    __tablename__ = "access_elsewhere"
    __table_args__ = (Index("ix_access_elsewhere_resident", "resident_id", "at"),)

    access_id: UUID = Field(primary_key=True)
    resident_id: UUID
    service: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    unit_code: str | None = Field(default=None, sa_type=Text)
    action: str = Field(sa_type=Text)
    purpose: str | None = Field(default=None, sa_type=Text)
    fields: list[str] = Field(sa_type=ARRAY(Text))
    legal_basis: str | None = Field(default=None, sa_type=Text)


class AccessActor(Table, table=True):
    """Who made a read, in any service: by this auditors ask what an account has read."""

    __tablename__ = "access_actor"
    __table_args__ = (Index("ix_access_actor_actor", "actor", "at"),)

    access_id: UUID = Field(primary_key=True)
    actor: str = Field(sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=aware())


class AccessReason(Table, table=True):
    """The stated reason of an entry of the access log, encrypted: free text may name people.

    It stands beside the entry, because a sealed entry never changes and a rotation of keys rewrites every ciphertext; the
    entry's `legal_basis` is a keyed hash of the reason, so that a changed reason is found.
    """

    __tablename__ = "access_reason"

    id: UUID = Field(primary_key=True)
    reason: bytes
