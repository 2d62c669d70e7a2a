"""The chassis's own tables, which every service has in its database."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.storage.database import ChassisTable, aware


class Outbox(ChassisTable, table=True):
    """An event that is not on the bus yet (see `chassis.storage.outbox`)."""

    __tablename__ = "outbox"

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    topic: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    value: str = Field(sa_type=Text)
    headers: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())


class Inbox(ChassisTable, table=True):
    """An event whose effect is in this database (see `chassis.messaging.consumer`); kept 30 days."""

    __tablename__ = "inbox"

    event_id: UUID = Field(primary_key=True)
    applied_at: datetime = Field(sa_type=aware(), index=True)


class Position(ChassisTable, table=True):
    """The next offset to apply of a partition, on one bus."""

    __tablename__ = "position"

    bus_id: str = Field(primary_key=True, sa_type=Text)
    topic: str = Field(primary_key=True, sa_type=Text)
    partition: int = Field(primary_key=True)
    next_offset: int = Field(sa_type=BigInteger)


class Deletion(ChassisTable, table=True):
    """A batch of rows that a job deleted (see `chassis.storage.retention`): no personal data, kept always."""

    __tablename__ = "deletion"

    id: UUID = Field(primary_key=True)
    run_id: UUID
    job: str = Field(sa_type=Text)
    table_name: str = Field(sa_type=Text)
    column_cleared: str | None = Field(default=None, sa_type=Text)
    ground: str = Field(sa_type=Text)
    rows: int = Field(sa_type=BigInteger)
    oldest: datetime = Field(sa_type=aware())
    newest: datetime = Field(sa_type=aware())
    deleted_at: datetime = Field(sa_type=aware())


class DeadLetter(ChassisTable, table=True):
    """An event that could not be applied (`dead`), or that waits behind one of its key (`waiting`)."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        Index("ix_dead_letter_open", "topic", "key", "id", postgresql_where="state IN ('dead', 'waiting')"),
    )

    id: UUID = Field(primary_key=True)
    topic: str = Field(sa_type=Text)
    partition: int
    offset: int = Field(sa_type=BigInteger)
    key: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    event_id: UUID
    value: str = Field(sa_type=Text)
    headers: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    state: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    died_at: datetime = Field(sa_type=aware())
    replayed_at: datetime | None = Field(default=None, sa_type=aware())


class IdempotencyKey(ChassisTable, table=True):
    """A POST that was answered, so that the same one is answered the same way for 7 days; the answer is sealed."""

    __tablename__ = "idempotency_key"

    caller: str = Field(primary_key=True, sa_type=Text)
    path: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    body_hash: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    answered_at: datetime = Field(sa_type=aware(), index=True)


class KnownUnit(ChassisTable, table=True):
    """An administrative unit, copied from the registry (`unit.changed`)."""

    __tablename__ = "known_unit"

    id: UUID = Field(primary_key=True)
    code: str = Field(index=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    level: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None


class KnownLineage(ChassisTable, table=True):
    """The places of a unit in the tree over time: codes from the province down, joined by "/"."""

    __tablename__ = "known_lineage"

    path: str = Field(primary_key=True, sa_type=Text)
    unit_id: UUID = Field(primary_key=True, index=True)
    parent_id: UUID | None = Field(default=None, index=True)
    valid_from: date | None = None
    valid_to: date | None = None


class AccessEntry(ChassisTable, table=True):
    """A read of a resident's data in this service; the leader seals it into the service's hash chain."""

    __tablename__ = "access_entry"
    __table_args__ = (Index("ix_access_entry_unsealed", "id", postgresql_where="seal_id IS NULL"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    access_id: UUID = Field(unique=True)
    resident_id: UUID = Field(index=True)
    at: datetime = Field(sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    unit_code: str | None = Field(default=None, sa_type=Text)
    action: str = Field(sa_type=Text)
    purpose: str | None = Field(default=None, sa_type=Text)
    fields: list[str] = Field(sa_type=ARRAY(Text))
    legal_basis: str | None = Field(default=None, sa_type=Text)
    seal_id: int | None = Field(default=None, sa_type=BigInteger, index=True)


class AccessSeal(ChassisTable, table=True):
    """One link of the chain: a hash over the rows it seals and over the link before."""

    __tablename__ = "access_seal"

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    rows: int
    sealed_at: datetime = Field(sa_type=aware())
    seal: bytes = Field(sa_type=LargeBinary)


class KeyProgress(ChassisTable, table=True):
    """How far a table follows one key (see `chassis.security.key_rotation`)."""

    __tablename__ = "key_progress"

    name: str = Field(primary_key=True, sa_type=Text)
    key_id: str = Field(primary_key=True, sa_type=Text)
    after_id: str | None = Field(default=None, sa_type=Text)
    rows: int = Field(default=0, sa_type=BigInteger)
    started_at: datetime = Field(sa_type=aware())
    finished_at: datetime | None = Field(default=None, sa_type=aware())
