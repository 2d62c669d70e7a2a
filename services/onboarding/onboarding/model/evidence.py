"""Communications, readiness checks, models and votes, officials' signatures of a campaign."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable, document

CommunicationKind = Literal[
    "loudspeaker", "website", "portal", "press", "tv", "social", "video_report", "good_practice"
]
NominationCategory = Literal["advanced", "effective", "excellent"]
CATEGORIES: tuple[NominationCategory, ...] = ("advanced", "effective", "excellent")


class Communication(OnboardingTable, table=True):
    """NotifyingEvent about the model, published or broadcast; `evidence_for` names the target it proves."""

    __tablename__ = "communication"
    __table_args__ = (
        Index("ix_communication_good_practice", "published_on", "id", postgresql_where="kind = 'good_practice'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    attachment: str | None = Field(default=None, sa_type=Text)
    published_on: date
    evidence_for: str | None = Field(default=None, sa_type=Text)
    summary: str | None = Field(default=None, sa_type=Text)
    """What was done and how, for other communes to read."""


class ReadinessCheck(OnboardingTable, table=True):
    """Equipment and conditions found at a venue; each gap opened a task."""

    __tablename__ = "readiness_check"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    venue: str = Field(sa_type=Text)
    items: list[dict[str, Any]] = Field(default=[], sa_type=document())
    checked_at: datetime = Field(sa_type=aware())
    checked_by: str = Field(sa_type=Text)


class DigitalModel(OnboardingTable, table=True):
    """A digital-transformation model (mô hình trong chuyển đổi số) of a body of a unit (requirement R80)."""

    __tablename__ = "digital_model"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    started_on: date | None = None
    evidence: str | None = Field(default=None, sa_type=Text)


class Nomination(OnboardingTable, table=True):
    """A model nominated for a category of the vote (requirement R50)."""

    __tablename__ = "nomination"
    __table_args__ = (Index("uq_nomination", "model_id", "category", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    model_id: UUID
    category: str = Field(sa_type=Text)
    nominated_by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=aware())


class Vote(OnboardingTable, table=True):
    """One account's vote for one nomination."""

    __tablename__ = "vote"

    nomination_id: UUID = Field(primary_key=True)
    voter: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=aware())


class OfficialSignature(OnboardingTable, table=True):
    """A public-duty digital signature (chữ ký số chuyên dùng công vụ) of a leader or one-stop officer; no name, only the post."""

    __tablename__ = "official_signature"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    position: str = Field(sa_type=Text)
    requested_on: date | None = None
    issued_on: date | None = None
    returned_on: date | None = None
    certificate_serial: str | None = Field(default=None, sa_type=Text)
    version: int = 1

    @property
    def is_held(self) -> bool:
        return self.issued_on is not None and self.returned_on is None
