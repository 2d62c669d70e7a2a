"""Linked databases: their state, and the jobs that refresh from them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class LinkedSource(Table, table=True):
    """The last known state of a linked database: `live`, `down` or `unknown`, with the reason of the last failure."""

    __tablename__ = "linked_source"

    name: str = Field(primary_key=True, sa_type=Text)
    state: str = Field(default="unknown", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    last_success_at: datetime | None = Field(default=None, sa_type=aware())
    last_failure_at: datetime | None = Field(default=None, sa_type=aware())


class Refresh(Table, table=True):
    """A run that queries the linked databases about all residents of a unit."""

    __tablename__ = "refresh"
    __table_args__ = (Index("ix_refresh_open", "id", postgresql_where="status IN ('queued', 'running')"),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID
    sources: list[str] = Field(sa_type=ARRAY(Text))
    requested_by: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_type=aware())
    status: str = Field(default="queued", sa_type=Text)
    after_id: UUID | None = None
    done: int = 0
    changed: int = 0
    failed: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=aware())


class LinkedCheck(Table, table=True):
    """When a linked database last answered about a resident: an answer is valid for a day."""

    __tablename__ = "linked_check"

    resident_id: UUID = Field(primary_key=True)
    source: str = Field(primary_key=True, sa_type=Text)
    checked_at: datetime = Field(sa_type=aware())
    is_known: bool
