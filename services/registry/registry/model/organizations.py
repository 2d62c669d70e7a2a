"""Enterprises, household businesses and cooperatives."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text
from chassis.storage.database import aware
from registry.model import Table

TAX_CODE = CipherContext("registry", "organization", "tax_code")
ORGANIZATION_PHONE = CipherContext("registry", "organization", "phone")

CLAIM_REASON = CipherContext("registry", "representative_claim", "reason")
CLAIMED, CONFIRMED, REFUSED = "claimed", "confirmed", "refused"


class Organization(Table, table=True):
    """An organization. Its tax code is encrypted, for since July 2025 that of a stall is its owner's personal number.

    `representative_status`: `claimed` until an officer of the unit confirms the representative, then `confirmed`; a row
    without a status counts as claimed. `recorded_by`: `resident` where only a resident's claim made the record, so that
    not even its unit is confirmed.
    """

    __tablename__ = "organization"
    __table_args__ = (Index("ix_organization_unit", "unit_id", "id"),)

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    tax_code: bytes
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    representative_id: UUID | None = Field(default=None, index=True)
    representative_status: str | None = Field(default=None, sa_type=Text)
    recorded_by: str | None = Field(default=None, sa_type=Text)
    phone: bytes | None = None
    has_smartphone: bool = False
    active: bool = True
    registered_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def decrypted_tax_code(self) -> str:
        """The tax code."""
        return decrypt_text(TAX_CODE, str(self.id), self.tax_code)

    def decrypted_phone(self) -> str | None:
        """The phone in E.164, if there is one."""
        return decrypt_text(ORGANIZATION_PHONE, str(self.id), self.phone) if self.phone else None

    def touch(self, at: datetime) -> None:
        """Count one more change."""
        self.version += 1
        self.changed_at = at

    @property
    def confirmed_representative_id(self) -> UUID | None:
        """The representative, once confirmed: the only one who may act for the organization."""
        return self.representative_id if self.representative_status == CONFIRMED else None

    @property
    def is_only_claimed(self) -> bool:
        """Whether nothing of the record is confirmed: a resident's claim made it."""
        return self.recorded_by == "resident" and self.confirmed_representative_id is None

    def snapshot(self, unit_code: str) -> dict[str, Any]:
        """The members of an `OrganizationSnapshot`. A claimed representative is not published: no service can act on it."""
        return {
            "organization_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": unit_code,
            "at": self.changed_at,
            "kind": self.kind,
            "representative_id": self.confirmed_representative_id,
            "representative_confirmed": self.confirmed_representative_id is not None,
            "owner_has_smartphone": self.has_smartphone,
            "active": self.active,
        }


class RepresentativeClaim(Table, table=True):
    """A resident's claim to represent an organization: `claimed`, `confirmed` or `refused`, with the officer's reason.

    There may be several for one tax code, and the officer decides between them. `unit_id` is the unit that the resident
    named. `reason` is encrypted: free text may name people.
    """

    __tablename__ = "representative_claim"
    __table_args__ = (
        Index("uq_representative_claim_resident", "organization_id", "resident_id", unique=True),
        Index("ix_representative_claim_resident", "resident_id", "status"),
    )

    id: UUID = Field(primary_key=True)
    organization_id: UUID
    resident_id: UUID
    unit_id: UUID
    status: str = Field(default=CLAIMED, sa_type=Text)
    claimed_at: datetime = Field(sa_type=aware())
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=aware())
    reason: bytes | None = None

    def decrypted_reason(self) -> str | None:
        """The officer's reason, if there is one."""
        return decrypt_text(CLAIM_REASON, str(self.id), self.reason) if self.reason else None
