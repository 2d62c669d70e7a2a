"""Consents of residents: purpose, grantee, evidence, and until when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class Consent(Table, table=True):
    """One purpose, one grantee (Law 91/2025/QH15): with its evidence, never by default, withdrawn at once."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_resident", "resident_id", "id"),)

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    purpose: str = Field(sa_type=Text)
    grantee: str = Field(sa_type=Text)
    evidence: dict[str, Any] = Field(sa_type=JSONB)
    granted_by: str = Field(sa_type=Text)
    granted_at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())
    withdrawn_at: datetime | None = Field(default=None, sa_type=aware())
    withdrawn_by: str | None = Field(default=None, sa_type=Text)

    def is_valid(self, at: datetime) -> bool:
        """Whether it is valid at an instant; in doubt it is not."""
        return self.granted_at <= at and self.withdrawn_at is None and (self.expires_at is None or at < self.expires_at)
