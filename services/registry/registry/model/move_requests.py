"""Requests to move a resident from one commune to another: the receiving one asks, the old one decides."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table

MOVE_PERSON = CipherContext("registry", "move_request", "person")
MOVE_REASON = CipherContext("registry", "move_request", "reason")
MOVE_DECISION = CipherContext("registry", "move_request", "decision_reason")
REQUESTED, COMPLETED, REFUSED, WITHDRAWN, REVERSED = "requested", "completed", "refused", "withdrawn", "reversed"
WORKING_DAYS_TO_DECIDE = 3


class MovingPerson(NamedTuple):
    """The person as the receiving commune wrote them down."""

    personal_id: str
    full_name: str
    date_of_birth: date


class MoveRequest(Table, table=True):
    """A request of the receiving commune. `resident_id` is null while the registry does not know such a person.

    `person`, `reason` and `decision_reason` are encrypted for this row. `from_unit_id` is set when a request about a known
    resident is decided, `from_household_id` when they are moved. `decide_by`: the last day for the old commune; after it
    the unit above both may decide.
    """

    __tablename__ = "move_request"
    __table_args__ = (
        Index("ix_move_request_to_unit", "to_unit_id", "id"),
        Index("ix_move_request_resident", "resident_id"),
        Index("ix_move_request_unknown", "id", postgresql_where="resident_id IS NULL AND status = 'requested'"),
        Index("ix_move_request_from_unit", "from_unit_id", "id", postgresql_where="from_unit_id IS NOT NULL"),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID | None = None
    person: bytes
    reason: bytes
    to_unit_id: UUID
    moved_on: date
    status: str = Field(default=REQUESTED, sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    requested_body: str | None = Field(default=None, sa_type=Text)
    requested_unit_code: str | None = Field(default=None, sa_type=Text)
    requested_at: datetime = Field(sa_type=aware())
    decide_by: date
    from_unit_id: UUID | None = None
    from_household_id: UUID | None = None
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_body: str | None = Field(default=None, sa_type=Text)
    decided_unit_code: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=aware())
    decision_reason: bytes | None = None

    def put_texts(self, person: MovingPerson, reason: str) -> Self:
        """Store person and reason, encrypted for this row."""
        plain = person._asdict() | {"date_of_birth": person.date_of_birth.isoformat()}
        self.person = encrypt(MOVE_PERSON, str(self.id), json.dumps(plain, ensure_ascii=False))
        self.reason = encrypt(MOVE_REASON, str(self.id), reason)
        return self

    def decrypted_person(self) -> MovingPerson:
        """The person as written down."""
        plain: dict[str, Any] = json.loads(decrypt_text(MOVE_PERSON, str(self.id), self.person))
        return MovingPerson(**plain | {"date_of_birth": date.fromisoformat(plain["date_of_birth"])})

    def decrypted_reason(self) -> str:
        """Why the move was requested."""
        return decrypt_text(MOVE_REASON, str(self.id), self.reason)

    def decrypted_decision(self) -> str | None:
        """The reason of the decision."""
        stored = self.decision_reason
        return decrypt_text(MOVE_DECISION, str(self.id), stored) if stored else None

    def put_decision(self, reason: str | None) -> None:
        """Store the reason of the decision, encrypted for this row."""
        self.decision_reason = encrypt(MOVE_DECISION, str(self.id), reason) if reason else None
