"""Request bodies and views of communications, readiness checks, models, nominations, rankings, officials' signatures."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from chassis.clock import today
from chassis.web.bodies import NOT_NULL, Day, RequestBody
from chassis.web.past import PastDay, not_before
from chassis.web.vocabulary import OneOf
from onboarding.model.bodies import body_name
from onboarding.model.campaigns import Task
from onboarding.model.evidence import (
    Communication,
    CommunicationKind,
    DigitalModel,
    Nomination,
    NominationCategory,
    OfficialSignature,
    ReadinessCheck,
)
from onboarding.model.ranking import RankedKey
from onboarding.queries.ranking import UnitRank
from onboarding.schemas.campaigns import (
    BodyCode,
    IndicatorCode,
    Long,
    ReasonedChange,
    Short,
    ShownBody,
    TaskView,
    UnitCode,
    past_day,
)

Amount = Annotated[int, Field(ge=0, le=10_000)]


class CommunicationCreate(RequestBody):
    """NotifyingEvent that was published or broadcast; `evidence_for` names the target that it proves."""

    kind: CommunicationKind
    title: Short
    url: Short | None = None
    attachment: Short | None = None
    published_on: Day
    unit_code: UnitCode | None = None
    evidence_for: IndicatorCode | None = None
    summary: Long | None = None
    """What was done and how; a good practice is read by other communes."""

    _has_been_published = field_validator("published_on")(past_day)


class CommunicationPatch(ReasonedChange):
    """Corrects a publication."""

    kind: Annotated[CommunicationKind | None, NOT_NULL] = None
    title: Annotated[Short | None, NOT_NULL] = None
    url: Short | None = None
    attachment: Short | None = None
    published_on: Annotated[Day | None, NOT_NULL] = None
    evidence_for: IndicatorCode | None = None
    summary: Long | None = None
    """What was done and how."""

    _has_been_published = field_validator("published_on")(past_day)


class CommunicationView(BaseModel):
    id: UUID
    campaign_id: UUID
    kind: Annotated[str, OneOf(CommunicationKind)]
    title: str
    url: str | None
    attachment: str | None
    published_on: date
    unit_code: str
    evidence_for: str | None
    summary: str | None
    """What was done and how."""

    @classmethod
    def of(cls, news: Communication) -> "CommunicationView":
        return cls(**news.model_dump(exclude={"unit_id"}))


class AnnouncementView(BaseModel):
    """A text to read over the loudspeaker."""

    unit_code: str
    text: str
    session_id: UUID | None
    services: list[str]


class ReadinessItem(RequestBody):
    """What a venue needs of one kind and what works there; numbers, or yes and no."""

    kind: Short
    needed: Amount | bool = True
    working: Amount | bool = False
    note: Short | None = None
    body: BodyCode | None = None


class ReadinessCreate(RequestBody):
    unit_code: UnitCode | None = None
    venue: Short
    items: list[ReadinessItem] = Field(min_length=1, max_length=100)


class ReadinessView(BaseModel):
    id: UUID
    campaign_id: UUID
    unit_code: str
    venue: str
    items: list[dict[str, Any]]
    checked_at: datetime
    tasks: list[TaskView]

    @classmethod
    def of(cls, check: ReadinessCheck, tasks: list[Task]) -> "ReadinessView":
        return cls(**check.model_dump(exclude={"unit_id", "checked_by"}), tasks=[TaskView.of(each) for each in tasks])


class ModelCreate(RequestBody):
    """A digital-transformation model (mô hình trong chuyển đổi số) of a body."""

    unit_code: UnitCode | None = None
    body: BodyCode
    title: Short
    started_on: PastDay | None = None
    evidence: Long | None = None


class ModelPatch(ReasonedChange):
    """Corrects a model."""

    body: Annotated[BodyCode | None, NOT_NULL] = None
    title: Annotated[Short | None, NOT_NULL] = None
    started_on: PastDay | None = None
    evidence: Long | None = None


class ModelView(BaseModel):
    """A model; for `?missing=true` a commune in which the body has none (then only the unit is given)."""

    id: UUID | None = None
    campaign_id: UUID
    unit_code: str
    unit_name: str | None = None
    body: ShownBody | None = None
    body_name: str | None = None
    """What the body is called today (Đoàn Thanh niên)."""
    title: str | None = None
    started_on: date | None = None
    evidence: str | None = None

    @classmethod
    def of(cls, model: DigitalModel) -> "ModelView":
        return cls(**model.model_dump(exclude={"unit_id"}), body_name=body_name(model.body, today()))


class NominationCreate(RequestBody):
    model_id: UUID
    category: NominationCategory


class NominationPatch(ReasonedChange):
    """What can be corrected of a nomination."""

    category: Annotated[NominationCategory | None, NOT_NULL] = None
    """The category (hạng mục) of the vote."""


class NominationView(BaseModel):
    id: UUID
    campaign_id: UUID
    model_id: UUID
    category: Annotated[str, OneOf(NominationCategory)]
    votes: int = 0

    @classmethod
    def of(cls, nomination: Nomination, votes: int = 0) -> "NominationView":
        return cls(
            id=nomination.id,
            campaign_id=nomination.campaign_id,
            model_id=nomination.model_id,
            category=nomination.category,
            votes=votes,
        )


class UnitRankView(BaseModel):
    """A unit's place; the score is the mean of its parts, each from 0 to 1."""

    place: int
    unit_code: str
    unit_name: str
    score: float
    parts: dict[str, float]

    @classmethod
    def of(cls, counted: UnitRank) -> "UnitRankView":
        return cls(
            place=counted.place,
            unit_code=counted.unit.code,
            unit_name=counted.unit.name,
            score=round(float(counted.score), 4),
            parts={name: round(float(part), 4) for name, part in counted.parts.items()},
        )


class NominatedView(BaseModel):
    place: int
    votes: int
    nomination_id: UUID
    model_id: UUID
    title: str
    unit_code: str
    body: ShownBody

    @classmethod
    def of(cls, ranked: RankedKey[UUID], nomination: Nomination, model: DigitalModel) -> "NominatedView":
        return cls(
            place=ranked.place,
            votes=int(ranked.score),
            nomination_id=nomination.id,
            model_id=model.id,
            title=model.title,
            unit_code=model.unit_code,
            body=model.body,
        )


class CampaignRankingView(BaseModel):
    """Units by what they reached, and models by votes; `uncounted` names targets of which no count is known."""

    items: list[UnitRankView]
    uncounted: list[str] = []
    categories: dict[str, list[NominatedView]]


class OfficialSignatureCreate(RequestBody):
    """A public-duty signature of an official: the post, never the person."""

    unit_code: UnitCode | None = None
    position: Short
    requested_on: PastDay | None = None
    issued_on: Annotated[PastDay | None, not_before("requested_on")] = None
    certificate_serial: Short | None = None

    def details(self) -> dict[str, Any]:
        return self.model_dump(exclude={"unit_code"})


class OfficialSignaturePatch(ReasonedChange):
    issued_on: PastDay | None = None
    returned_on: PastDay | None = None
    certificate_serial: Short | None = None


class OfficialSignatureView(BaseModel):
    id: UUID
    campaign_id: UUID
    unit_code: str
    position: str
    requested_on: date | None
    issued_on: date | None
    returned_on: date | None
    certificate_serial: str | None
    is_held: bool

    @classmethod
    def of(cls, signature: OfficialSignature) -> "OfficialSignatureView":
        return cls(**signature.model_dump(exclude={"unit_id", "version"}), is_held=signature.is_held)
