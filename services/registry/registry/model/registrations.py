"""Proposals of people who are signed in and whom the registry does not know; an officer of the unit decides."""

import json
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table

REGISTRATION_DETAILS = CipherContext("registry", "registration", "details")
REGISTRATION_NOTE = CipherContext("registry", "registration", "note")
PROPOSED, ACCEPTED, REFUSED = "proposed", "accepted", "refused"

RegistrationStatus = Literal["proposed", "accepted", "refused"]


class Registration(Table, table=True):
    """A proposal. Nothing of it counts before an officer accepts it; then its id is the resident's.

    `details`: the attributes and the source of each (`provider`, `population`, `person`), encrypted. `account` is the opaque
    account of the person.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_unit", "unit_id", "status", "id"),
        Index("uq_registration_open", "account", unique=True, postgresql_where="status = 'proposed'"),
        Index("ix_registration_account", "account"),
    )

    id: UUID = Field(primary_key=True)
    account: str = Field(sa_type=Text)
    unit_id: UUID
    details: bytes
    status: str = Field(default=PROPOSED, sa_type=Text)
    proposed_at: datetime = Field(sa_type=aware())
    decided_at: datetime | None = Field(default=None, sa_type=aware())
    decided_by: str | None = Field(default=None, sa_type=Text)
    note: bytes | None = None

    def decrypted_details(self) -> dict[str, dict[str, Any]]:
        """The attributes: `{name: {"value": ..., "source": ...}}`, dates as text."""
        found: dict[str, dict[str, Any]] = json.loads(decrypt_text(REGISTRATION_DETAILS, str(self.id), self.details))
        return found

    def put_details(self, details: dict[str, dict[str, Any]]) -> None:
        """Store the attributes, encrypted."""
        self.details = encrypt(REGISTRATION_DETAILS, str(self.id), json.dumps(details, default=str))

    def decrypted_note(self) -> str | None:
        """The officer's note, if there is one."""
        return decrypt_text(REGISTRATION_NOTE, str(self.id), self.note) if self.note else None

    def decide(self, status: RegistrationStatus, by: str, note: str | None, at: datetime) -> None:
        """Store a decision; the note is free text and encrypted."""
        self.status, self.decided_by, self.decided_at = status, by, at
        self.note = encrypt(REGISTRATION_NOTE, str(self.id), note) if note else None
