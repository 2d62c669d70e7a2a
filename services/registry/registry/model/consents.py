"""Consents of residents: purpose, grantee, evidence, and until when."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table

GUIDED = frozenset({"payment_account", "digital_signature", "onboarding"})
"""Purposes of the steps that teams guide residents through; the others give a partner data of the record."""
CONSENT_EVIDENCE = CipherContext("registry", "consent", "evidence")


class Consent(Table, table=True):
    """One purpose, one grantee (Law 91/2025/QH15): with its evidence, never by default, withdrawn at once."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_resident", "resident_id", "id"),)

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    purpose: str = Field(sa_type=Text)
    grantee: str = Field(sa_type=Text)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    evidence_encrypted: bytes | None = None
    granted_by: str = Field(sa_type=Text)
    granted_at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())
    withdrawn_at: datetime | None = Field(default=None, sa_type=aware())
    withdrawn_by: str | None = Field(default=None, sa_type=Text)

    def decrypted_evidence(self) -> dict[str, Any]:
        """The evidence of the consent."""
        if self.evidence_encrypted is None:
            return self.evidence
        found: dict[str, Any] = json.loads(decrypt_text(CONSENT_EVIDENCE, str(self.id), self.evidence_encrypted))
        return found

    def encrypt_evidence(self, evidence: dict[str, Any]) -> None:
        """Store the evidence, encrypted; the plain column of the release before stays empty."""
        self.evidence, self.evidence_encrypted = {}, encrypt(CONSENT_EVIDENCE, str(self.id), json.dumps(evidence))

    def is_valid(self, at: datetime) -> bool:
        """Whether it is valid at an instant; in doubt it is not."""
        return self.granted_at <= at and self.withdrawn_at is None and (self.expires_at is None or at < self.expires_at)
