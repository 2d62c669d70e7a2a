"""Values beside the resident's row: of linked databases and of the past, and requests that have to be decided."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table

ATTRIBUTE_VALUE = CipherContext("registry", "fact", "value")
CORRECTION_VALUE = CipherContext("registry", "correction", "value")
CORRECTION_REASON = CipherContext("registry", "correction", "reason")
CORRECTION_NOTE = CipherContext("registry", "correction", "decision_note")


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
