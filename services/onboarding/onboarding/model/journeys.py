"""The stored journey: evidences as they were accepted, and where each resident stands because of them."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, func
from sqlmodel import Field

from chassis.clock import now
from chassis.storage.database import aware
from onboarding.model.journey import Evidence, EvidenceEffect, JourneyStep, journey
from onboarding.model.people import KnownResident
from onboarding.model.tables import OnboardingTable, texts


class StepEvidence(OnboardingTable, table=True):
    """One accepted piece of evidence about one step of one resident or organization; never an image, a key, an OTP or a face."""

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
        values = {name: getattr(evidence, name) for name in Evidence.__dataclass_fields__}
        return cls(**values | {"effect": evidence.effect.value}, subject_id=subject_id, recorded_at=at, recorded_by=by)

    @property
    def evidence(self) -> Evidence:
        values: dict[str, Any] = {name: getattr(self, name) for name in Evidence.__dataclass_fields__}
        return Evidence(**values | {"effect": EvidenceEffect(self.effect)})


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
    stored_at: datetime | None = Field(default=None, sa_type=aware(), sa_column_kwargs={"server_default": func.now()})
    """When the row was written here, for `?since=`; `changed_at` is when the change happened."""


STORED = tuple(each.name for each in fields(JourneyStep) if each.compare)
"""The columns of `resident_step` but for its key's resident, in the order of `JourneyStep`."""


class AddedEvidence(NamedTuple):
    """Evidence that was added just now, about the record that it names (which may have been merged since)."""

    subject_id: UUID
    evidence: Evidence
    by: str | None


@dataclass
class OpenJourney:
    """One resident's journey with all evidences that count: those of records merged into this one too.

    `added`, `changed` and `published_version` wait to be stored, with those of other journeys, in a few statements.
    """

    resident: KnownResident
    evidences: dict[str, Evidence] = field(default_factory=dict)
    steps: dict[str, JourneyStep] = field(default_factory=dict)
    added: list[AddedEvidence] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    published_version: int = 0

    def __post_init__(self) -> None:
        self.published_version = self.resident.journey_version

    def states(self) -> list[JourneyStep]:
        """Where the resident stands now."""
        return journey(self.resident.attributes, self.evidences.values(), now())

    def state(self, step: str) -> JourneyStep:
        return next(each for each in self.states() if each.step == step)

    @property
    def version(self) -> int:
        """Grows with every change of what this journey shows."""
        return self.resident.version * 1_000_000 + len(self.evidences)
