"""Who may act for another: guardians of children, people who look after the old, those whom a person trusts, staff of firms."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.clock import today
from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.security.sign_in import birthday
from chassis.storage.database import aware
from registry.model import Table
from registry.model.residents import Resident

REPRESENTATION_PAPER = CipherContext("registry", "representation", "paper")
REPRESENTATION_REASON = CipherContext("registry", "representation", "end_reason")
FULL_AGE = 18
"""Years: a guardian's right ends on this birthday (Civil Code 2015, articles 20, 21 and 136)."""

Basis = Literal["guardian", "consent", "paper"]
"""A guardian by law, the person's own consent, or a paper (authorisation, decision) that an officer has seen."""


class Representation(Table, table=True):
    """A resident (`representative_id`) may act for another one or for an organization within a scope until a day, inclusive.

    Exactly one of `resident_id` and `organization_id` is given. The owner of an organization needs no such row.
    """

    __tablename__ = "representation"
    __table_args__ = (
        Index("ix_representation_resident", "resident_id", "id"),
        Index("ix_representation_representative", "representative_id", "id"),
        Index(
            "ix_representation_organization", "organization_id", "id", postgresql_where="organization_id IS NOT NULL"
        ),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    representative_id: UUID
    scope: list[str] = Field(sa_type=ARRAY(Text))
    until: date
    basis: str = Field(sa_type=Text)
    paper: bytes | None = None
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=aware())
    ended_at: datetime | None = Field(default=None, sa_type=aware())
    ended_by: str | None = Field(default=None, sa_type=Text)
    end_reason: bytes | None = None

    def decrypted_paper(self) -> str | None:
        """What the officer noted about the paper."""
        return decrypt_text(REPRESENTATION_PAPER, str(self.id), self.paper) if self.paper else None

    def end(self, by: str, reason: str | None, at: datetime) -> None:
        """End it; the reason is free text and encrypted."""
        self.ended_at, self.ended_by = at, by
        self.end_reason = encrypt(REPRESENTATION_REASON, str(self.id), reason) if reason else None

    @property
    def is_over(self) -> bool:
        """Whether it was ended, or its last day has passed."""
        return self.ended_at is not None or self.until < today()


def is_of_age(resident: Resident) -> bool:
    """Whether the resident is 18 or older today."""
    return today() >= birthday(resident.born, FULL_AGE)
