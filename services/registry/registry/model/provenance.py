"""Where values come from: which source is believed, how long, and what has to be decided."""

import json
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.clock import now
from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table
from registry.model.attributes import ATTRIBUTES

ATTRIBUTE_VALUE = CipherContext("registry", "fact", "value")
CORRECTION_VALUE = CipherContext("registry", "correction", "value")
CORRECTION_REASON = CipherContext("registry", "correction", "reason")
CORRECTION_NOTE = CipherContext("registry", "correction", "decision_note")

Rank = Literal[4, 3, 2, 1]

RANKS: dict[str, Rank] = {
    "population": 4,
    "social_insurance": 3,
    "civil_status": 3,
    "social_protection": 3,
    "partner": 3,
    "officer": 2,
    "import": 2,
    "volunteer": 2,
    "resident": 1,
}
"""Population database over specialised databases (and partners within their field) over officers over the resident."""


def expires_at(name: str, observed_at: datetime) -> datetime | None:
    """When a value observed at a time stops being fresh; None for an attribute that does not age."""
    attribute = ATTRIBUTES.get(name)
    return observed_at + attribute.fresh_for if attribute and attribute.fresh_for else None


def is_stale(name: str, observed_at: datetime) -> bool:
    """Whether a value observed at a time has to be confirmed again."""
    end = expires_at(name, observed_at)
    return end is not None and end < now()


def rank(source: str) -> Rank:
    """The rank of a source; an unknown source has the lowest."""
    return RANKS.get(source, 1)


class Origin(BaseModel):
    """Where a value comes from: its source, whether it was checked against a document or database, and when."""

    model_config = ConfigDict(frozen=True)

    source: str
    verified: bool
    observed_at: datetime


def origin_of(source: str, observed_at: datetime) -> Origin:
    """The origin of a value of a source; what residents state about themselves is not verified."""
    return Origin(source=source, verified=source != "resident", observed_at=observed_at)


def outranks(new: Origin, present: Origin) -> bool:
    """Whether a new value replaces the present one: a higher source always, an equal one when it is not older."""
    new_rank, present_rank = rank(new.source), rank(present.source)
    return new_rank > present_rank or (new_rank == present_rank and new.observed_at >= present.observed_at)


class AttributeRecord(Table, table=True):
    """A value of a source that is not in the resident's row: of a linked database, or of the past.

    `value` is encrypted JSON for this row. `superseded_at` is set when the same source gave a newer value, or when the
    value was replaced in the resident's row: then it is history.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_resident", "resident_id", "name", "id"),
        Index(
            "uq_fact_current", "resident_id", "name", "source", unique=True, postgresql_where="superseded_at IS NULL"
        ),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    name: str = Field(sa_type=Text)
    value: bytes
    source: str = Field(sa_type=Text)
    verified: bool
    observed_at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())
    superseded_at: datetime | None = Field(default=None, sa_type=aware())

    def decrypted(self) -> Any:
        """The value."""
        return json.loads(decrypt_text(ATTRIBUTE_VALUE, str(self.id), self.value))


class Correction(Table, table=True):
    """A request about an attribute (correction, erasure, objection), or a contradiction of sources; decided by `due_on`.

    `reason` and `decision_note` are of the release before; free text may name people and is encrypted now.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_resident", "resident_id", "id"),
        Index("ix_correction_open", "due_on", "id", postgresql_where="state = 'received'"),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    name: str = Field(sa_type=Text)
    value: bytes
    source: str = Field(sa_type=Text)
    kind: str = Field(default="correction", sa_type=Text)
    state: str = Field(default="received", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    reason_encrypted: bytes | None = None
    requested_by: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_type=aware())
    acknowledge_by: date
    due_on: date
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_body: str | None = Field(default=None, sa_type=Text)
    decided_unit_code: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=aware())
    decision_note: str | None = Field(default=None, sa_type=Text)
    decision_note_encrypted: bytes | None = None

    def proposed_value(self) -> Any:
        """The proposed value, decrypted."""
        return json.loads(decrypt_text(CORRECTION_VALUE, str(self.id), self.value))

    def decrypted_reason(self) -> str | None:
        """Why it was requested."""
        stored = self.reason_encrypted
        return decrypt_text(CORRECTION_REASON, str(self.id), stored) if stored else self.reason

    def decrypted_note(self) -> str | None:
        """The officer's note on the decision."""
        stored = self.decision_note_encrypted
        return decrypt_text(CORRECTION_NOTE, str(self.id), stored) if stored else self.decision_note

    def encrypt_texts(self, *, reason: str | None, note: str | None) -> None:
        """Store reason and note, encrypted."""
        self.reason = self.decision_note = None
        self.reason_encrypted = encrypt(CORRECTION_REASON, str(self.id), reason) if reason else None
        self.decision_note_encrypted = encrypt(CORRECTION_NOTE, str(self.id), note) if note else None


def as_json(value: Any) -> str:
    """An attribute's value as JSON; dates in ISO 8601."""
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)
