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


class Organization(Table, table=True):
    """An organization. Its tax code is encrypted, for since July 2025 that of a stall is its owner's personal number."""

    __tablename__ = "organization"
    __table_args__ = (Index("ix_organization_unit", "unit_id", "id"),)

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    tax_code: bytes
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    representative_id: UUID | None = Field(default=None, index=True)
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

    def snapshot(self, unit_code: str) -> dict[str, Any]:
        """The members of an `OrganizationSnapshot`."""
        return {
            "organization_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": unit_code,
            "at": self.changed_at,
            "kind": self.kind,
            "representative_id": self.representative_id,
            "owner_has_smartphone": self.has_smartphone,
            "active": self.active,
        }
