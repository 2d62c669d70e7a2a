"""The stored journey: evidences as they were accepted, and where each resident stands because of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from chassis.clock import now
from chassis.storage.database import aware
from onboarding.model.journey import Effect, Evidence, StepState, journey
from onboarding.model.people import KnownResident
from onboarding.model.tables import OnboardingTable, texts


class StepEvidence(OnboardingTable, table=True):
    """One accepted fact about one step of one resident or organization; never an image, a key, an OTP or a face."""

    __tablename__ = "step_evidence"
    __table_args__ = (Index("ix_step_evidence_charged", "subject_id", postgresql_where="charged > 0"),)

    subject_id: UUID = Field(primary_key=True)
    id: str = Field(primary_key=True, sa_type=Text)
    step: str = Field(sa_type=Text)
    effect: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    kind: str = Field(sa_type=Text)
    holding: str = Field(default="", sa_type=Text)
    provider: str | None = Field(default=None, sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    account_kind: str | None = Field(default=None, sa_type=Text)
    level: int | None = None
    valid_until: datetime | None = Field(default=None, sa_type=aware(), index=True)
    had_bank_account: bool = False
    charged: int | None = Field(default=None, sa_type=BigInteger)
    assisted: bool = False
    recorded_at: datetime = Field(sa_type=aware())
    recorded_by: str | None = Field(default=None, sa_type=Text)

    @classmethod
    def of(cls, subject_id: UUID, evidence: Evidence, *, at: datetime, by: str | None = None) -> "StepEvidence":
        fields = {name: getattr(evidence, name) for name in Evidence.__dataclass_fields__}
        return cls(**fields | {"effect": evidence.effect.value}, subject_id=subject_id, recorded_at=at, recorded_by=by)

    @property
    def evidence(self) -> Evidence:
        fields: dict[str, Any] = {name: getattr(self, name) for name in Evidence.__dataclass_fields__}
        return Evidence(**fields | {"effect": Effect(self.effect)})


class ResidentStep(OnboardingTable, table=True):
    """Where a resident stands on one step, for worklists and answers; always what `journey` computes."""

    __tablename__ = "resident_step"
    __table_args__ = (Index("ix_resident_step_due", "status", "expires_at"),)

    resident_id: UUID = Field(primary_key=True)
    step: str = Field(primary_key=True, sa_type=Text)
    status: str = Field(sa_type=Text)
    missing: list[str] = Field(default=[], sa_type=texts())
    route: str | None = Field(default=None, sa_type=Text)
    completed_at: datetime | None = Field(default=None, sa_type=aware())
    changed_at: datetime | None = Field(default=None, sa_type=aware())
    level: int | None = None
    marks: list[str] = Field(default=[], sa_type=texts())
    evidence_id: str | None = Field(default=None, sa_type=Text)
    evidence_kind: str | None = Field(default=None, sa_type=Text)
    provider: str | None = Field(default=None, sa_type=Text)
    expires_at: datetime | None = Field(default=None, sa_type=aware())


class StoredStep(NamedTuple):
    """A row of `resident_step` but for its key, as plain values: what hundreds of events a second read and write."""

    status: str
    missing: tuple[str, ...]
    route: str | None
    completed_at: datetime | None
    changed_at: datetime | None
    level: int | None
    marks: tuple[str, ...]
    evidence_id: str | None
    evidence_kind: str | None
    provider: str | None
    expires_at: datetime | None

    @classmethod
    def of(cls, state: StepState) -> "StoredStep":
        proof = state.evidence
        return cls(
            state.status, state.missing, state.route, state.completed_at, state.changed_at, state.level, state.marks,
            proof.id if proof else None, proof.kind if proof else None, proof.provider if proof else None,
            state.expires_at,
        )  # fmt: skip

    def counted(self) -> tuple[object, ...] | None:
        """What reports count of this step; None where nothing of it is countable yet."""
        if self.status not in COUNTED and not self.marks:
            return None
        return self.status, self.completed_at, self.route, self.marks, self.evidence_kind, self.provider


class TakenEvidence(NamedTuple):
    """An evidence that was taken just now, about the record that it names (which may have been merged since)."""

    subject_id: UUID
    evidence: Evidence
    by: str | None


@dataclass
class OpenJourney:
    """One resident's journey with all evidences that count: those of records merged into this one too.

    `taken`, `changed` and `told_version` wait to be stored, with those of other journeys, in a few statements.
    """

    resident: KnownResident
    evidences: dict[str, Evidence] = field(default_factory=dict)
    steps: dict[str, StoredStep] = field(default_factory=dict)
    taken: list[TakenEvidence] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    told_version: int = 0

    def __post_init__(self) -> None:
        self.told_version = self.resident.journey_version

    def states(self) -> list[StepState]:
        """Where the resident stands now."""
        return journey(self.resident.facts, self.evidences.values(), now())

    def state(self, step: str) -> StepState:
        return next(each for each in self.states() if each.step == step)

    @property
    def version(self) -> int:
        """Grows with every change of what this journey shows."""
        return self.resident.version * 1_000_000 + len(self.evidences)


COUNTED = ("completed", "revoked")
