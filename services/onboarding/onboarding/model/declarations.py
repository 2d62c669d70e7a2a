"""What a person declares about a step: what it becomes as evidence."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onboarding.model.journey import AccountKind, Evidence, EvidenceEffect, EvidenceKind
from onboarding.model.steps import Step

DeclaredStatus = Literal["in_progress", "completed", "revoked"]

EFFECTS: dict[DeclaredStatus, EvidenceEffect] = {
    "in_progress": EvidenceEffect.STARTED,
    "completed": EvidenceEffect.HELD,
    "revoked": EvidenceEffect.ENDED,
}


@dataclass(frozen=True)
class StepDeclaration:
    """One step as a person declares it; `client_id` names it on the device that worked offline."""

    step: Step
    status: DeclaredStatus
    occurred_at: datetime
    kind: EvidenceKind
    provider: str | None = None
    reference: str | None = None
    account_kind: AccountKind | None = None
    level: int | None = None
    valid_until: datetime | None = None
    charged: int | None = None
    client_id: str = ""

    def evidence(self, subject_id: object, *, assisted: bool, had_bank_account: bool) -> Evidence:
        """The same declaration about the same person always becomes the same evidence, so sending twice changes nothing."""
        return Evidence(
            id=self._identity(subject_id),
            step=self.step,
            effect=EFFECTS[self.status],
            occurred_at=self.occurred_at,
            kind=self.kind,
            holding=self._holding,
            provider=self.provider,
            reference=self.reference,
            account_kind=self.account_kind,
            level=self.level,
            valid_until=self.valid_until,
            had_bank_account=had_bank_account,
            charged=self.charged,
            assisted=assisted,
        )

    @property
    def _holding(self) -> str:
        """A declared account or certificate is a separate holding, so that a provider's closing of another does not end it."""
        if self.step == "payment_account":
            return f"declared:{self.provider or ''}:{self.account_kind or ''}" if self.status != "revoked" else ""
        return self.reference or "" if self.step == "digital_signature" else ""

    def _identity(self, subject_id: object) -> str:
        declared = (
            subject_id, self.client_id, self.step, self.status, self.occurred_at.timestamp(), self.kind, self.provider,
            self.reference, self.account_kind, self.level,
        )  # fmt: skip
        return "declared-" + hashlib.sha256(repr(declared).encode()).hexdigest()[:40]
