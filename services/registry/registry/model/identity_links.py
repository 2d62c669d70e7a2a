"""Accounts of residents at identity providers: which resident an account belongs to, and why a sign-in is refused."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.clock import today
from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.security.sign_in import Claims, birthday
from chassis.storage.database import aware
from registry.model import Table
from registry.model.residents import Resident
from registry.names import squeeze
from tabular import CellError
from tabular.values import Written, parse_written_date

LINK_SUBJECT = CipherContext("registry", "identity_link", "subject")
LINK_REASON = CipherContext("registry", "identity_link", "end_reason")
LEAST_AGE = 14
"""Years: below, VNeID gives a child no separate account (Decree 69/2024/NĐ-CP, article 7)."""

Refusal = Literal["unknown", "mismatch", "deceased", "minor", "revoked", "conflict"]
"""Why a sign-in is refused; what is checked first stands first."""


class IdentityLink(Table, table=True):
    """An account (issuer and subject) that belongs to a resident until it is ended; an ended one is never active again.

    The subject is encrypted and found by its blind index. `claims_index` is that of the subject with the personal number of
    the last sign-in. A merged resident keeps the links: they lead to the survivor.
    """

    __tablename__ = "identity_link"
    __table_args__ = (
        Index("uq_identity_link_account", "issuer", "subject_index", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_identity_link_subject", "issuer", "subject_index"),
        Index("ix_identity_link_resident", "resident_id"),
    )

    id: UUID = Field(primary_key=True)
    issuer: str = Field(sa_type=Text)
    subject: bytes
    subject_index: bytes
    claims_index: bytes | None = None
    resident_id: UUID
    linked_at: datetime = Field(sa_type=aware())
    ended_at: datetime | None = Field(default=None, sa_type=aware())
    ended_by: str | None = Field(default=None, sa_type=Text)
    end_reason: bytes | None = None

    def decrypted_subject(self) -> str:
        """The provider's name of the account."""
        return decrypt_text(LINK_SUBJECT, str(self.id), self.subject)

    def end(self, by: str, reason: str | None, at: datetime) -> None:
        """End the link; the reason is free text and encrypted."""
        self.ended_at, self.ended_by = at, by
        self.end_reason = encrypt(LINK_REASON, str(self.id), reason) if reason else None


@dataclass(frozen=True, slots=True)
class SignIn:
    """The result of a sign-in: the link of the account with its resident, or why it is refused."""

    link: IdentityLink | None = None
    resident_id: UUID | None = None
    refusal: Refusal | None = None


def agrees(resident: Resident, claims: Claims) -> bool:
    """Whether name (without case and accents) and birth date (as precisely as both sides know it) are the resident's."""
    stated = birth_of(claims)
    if stated is None or squeeze(claims.full_name or "") != squeeze(resident.full_name):
        return False
    parts = min(_PARTS[resident.birth_precision], _PARTS[stated.precision])
    return _as_parts(stated.day)[:parts] == _as_parts(resident.born)[:parts]


def birth_of(claims: Claims) -> Written | None:
    """The stated birth date with its precision, in any form that people write; None for anything else."""
    try:
        return parse_written_date(claims.date_of_birth)
    except CellError:
        return None


_PARTS = {"year": 1, "month": 2, "day": 3}


def _as_parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def is_minor(resident: Resident) -> bool:
    """Whether the resident is younger than 14 today; on the fourteenth birthday no more."""
    return today() < birthday(resident.born, LEAST_AGE)
