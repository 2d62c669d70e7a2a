"""Partners' events whose subject the registry does not know yet."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text
from chassis.storage.database import aware
from registry.model import Table

UNMATCHED_DATA = CipherContext("registry", "unmatched_event", "sealed")


class UnmatchedEvent(Table, table=True):
    """A partner's event that waits for its subject. `sealed` is the event's data, encrypted for this row."""

    __tablename__ = "unmatched_event"
    __table_args__ = (
        Index("ix_unmatched_event_waiting", "subject_index", postgresql_where="resolved_at IS NULL"),
        Index("ix_unmatched_event_unit", "unit_id", "id", postgresql_where="resolved_at IS NULL"),
    )

    id: UUID = Field(primary_key=True)
    delivery_id: UUID = Field(unique=True)
    partner_id: str = Field(sa_type=Text)
    webhook_id: str = Field(sa_type=Text)
    event: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    received_at: datetime = Field(sa_type=aware())
    reason: str = Field(sa_type=Text)
    subject_kind: str = Field(sa_type=Text)
    subject_index: bytes
    sealed: bytes
    unit_id: UUID | None = None
    partner_unit_codes: list[str] = Field(sa_type=ARRAY(Text))
    resolved_at: datetime | None = Field(default=None, sa_type=aware())
    resolved_by: str | None = Field(default=None, sa_type=Text)
    resident_id: UUID | None = None
    organization_id: UUID | None = None


def data_of(waiting: UnmatchedEvent) -> dict[str, Any]:
    """The data of a waiting event, decrypted."""
    data: dict[str, Any] = json.loads(decrypt_text(UNMATCHED_DATA, str(waiting.delivery_id), waiting.sealed))
    return data
