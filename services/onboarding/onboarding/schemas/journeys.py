"""Request bodies and views of journeys and declarations."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.clock import HO_CHI_MINH, now
from chassis.web.bodies import Day, Instant, RequestBody
from chassis.web.routing import Listed
from chassis.web.vocabulary import OneOf
from contracts.registry import ResidenceStatus
from onboarding.model.announcement import things_to_bring
from onboarding.model.deadlines import FIRST_YEAR, LAST_YEAR
from onboarding.model.declarations import StepDeclaration
from onboarding.model.journey import AccountKind, Evidence, EvidenceKind, JourneyStep, StepStatus
from onboarding.model.journeys import OpenJourney, ResidentStep, StepEvidence
from onboarding.model.people import KnownOrganization, KnownResident
from onboarding.model.steps import STEPS, Step

CLOCK_SKEW = timedelta(minutes=10)
SHORT = 200


class EvidenceView(BaseModel):
    """The evidence of a step: its kind and provider, its reference, when it happened."""

    kind: Annotated[str, OneOf(EvidenceKind)]
    provider: str | None = None
    reference: str | None = None
    occurred_at: datetime
    account_kind: Annotated[str, OneOf(AccountKind)] | None = None
    level: int | None = None
    valid_until: datetime | None = None
    charged: int | None = None
    assisted: bool = False

    @classmethod
    def of(cls, evidence: Evidence) -> "EvidenceView":
        return cls(**{name: getattr(evidence, name) for name in cls.model_fields})


class JourneyStepView(BaseModel):
    """One step: status, what is missing, and the evidence for it."""

    step: Annotated[str, OneOf(Step)]
    status: Annotated[str, OneOf(StepStatus)]
    missing: list[str]
    route: str | None
    completed_at: datetime | None
    evidence: EvidenceView | None
    level: int | None = None
    marks: list[str] = []

    @classmethod
    def of(cls, state: JourneyStep) -> "JourneyStepView":
        return cls(
            step=state.step,
            status=state.status,
            missing=list(state.missing),
            route=state.route,
            completed_at=state.completed_at,
            evidence=EvidenceView.of(state.evidence) if state.evidence else None,
            level=state.level,
            marks=list(state.marks),
        )


class OnboardingView(BaseModel):
    """A resident's journey: the six steps in the order of the plans."""

    resident_id: UUID
    unit_code: str
    steps: list[JourneyStepView]

    @classmethod
    def of(cls, opened: OpenJourney) -> "OnboardingView":
        return cls(
            resident_id=opened.resident.id,
            unit_code=opened.resident.unit_code,
            steps=[JourneyStepView.of(state) for state in opened.states()],
        )


class ResidentStepView(JourneyStepView):
    """One step of one resident, after a declaration."""

    resident_id: UUID
    unit_code: str

    @classmethod
    def of_journey(cls, opened: OpenJourney, step: str) -> "ResidentStepView":
        view = JourneyStepView.of(opened.state(step))
        return cls(resident_id=opened.resident.id, unit_code=opened.resident.unit_code, **dict(view))


class OrganizationStepView(JourneyStepView):
    organization_id: UUID
    unit_code: str

    @classmethod
    def of_state(cls, organization: KnownOrganization, state: JourneyStep) -> "OrganizationStepView":
        return cls(organization_id=organization.id, unit_code=organization.unit_code, **dict(JourneyStepView.of(state)))


class EvidenceSent(RequestBody):
    """What proves a declaration. Only `kind` is required, and a licensed provider for cyber protection."""

    kind: Literal["self", "volunteer", "officer", "document", "partner"]
    provider: str | None = Field(None, min_length=1, max_length=64)
    reference: str | None = Field(None, min_length=1, max_length=SHORT)
    account_kind: Literal["bank", "e_wallet", "mobile_money"] | None = None
    level: Literal[1, 2] | None = None
    certificate_serial: str | None = Field(None, min_length=1, max_length=SHORT)
    valid_until: Instant | Day | None = None
    fee_charged: int | None = Field(None, ge=0, le=10**12)

    _ends_within_reason = field_validator("valid_until")(lambda value: within_reason(value))


class StepDeclared(RequestBody):
    """The declaration of a step."""

    status: Literal["in_progress", "completed", "revoked"]
    occurred_at: Instant
    evidence: EvidenceSent

    @field_validator("occurred_at")
    @classmethod
    def _has_happened(cls, value: datetime) -> datetime:
        return not_in_the_future(value)

    @model_validator(mode="after")
    def _proof_held_then(self) -> Self:
        until = _end_of_day(self.evidence.valid_until)
        if until is not None and until < self.occurred_at:
            raise PydanticCustomError(
                "before-start",
                "The proof ends before the step happened.",
                {"vi": "Minh chứng hết hạn trước khi thực hiện."},
            )
        return self

    def declaration(self, step: Step, client_id: str = "") -> StepDeclaration:
        sent = self.evidence
        return StepDeclaration(
            step=step,
            status=self.status,
            occurred_at=self.occurred_at.astimezone(UTC),
            kind=sent.kind,
            provider=sent.provider,
            reference=sent.certificate_serial or sent.reference,
            account_kind=sent.account_kind,
            level=sent.level,
            valid_until=_end_of_day(sent.valid_until),
            charged=sent.fee_charged or None,
            client_id=client_id,
        )


class WorkView(BaseModel):
    """One open step of a resident; whom it is about is an id, never a name."""

    resident_id: UUID
    unit_code: str
    household_id: UUID | None
    residence_status: Annotated[str, OneOf(ResidenceStatus)]
    step: Annotated[str, OneOf(Step)]
    status: Annotated[str, OneOf(StepStatus)]
    missing: list[str]
    route: str | None
    bring: list[str]

    @classmethod
    def of(cls, step: ResidentStep, resident: KnownResident, language: str) -> "WorkView":
        return cls(
            resident_id=resident.id,
            unit_code=resident.unit_code,
            household_id=resident.household_id,
            residence_status=resident.residence_status,
            step=step.step,
            status=step.status,
            missing=step.missing,
            route=step.route,
            bring=things_to_bring([step.step], language),
        )


class DepartedView(BaseModel):
    """A resident who left the worklist: delete their steps from the device."""

    resident_id: UUID
    """The resident."""
    reason: Literal["moved", "deceased", "merged", "removed"]
    """Why: moved out of the unit, died, merged into another record, or removed because the record was a mistake."""

    @classmethod
    def of(cls, resident: KnownResident) -> "DepartedView":
        return cls(resident_id=resident.id, reason="moved" if resident.life == "alive" else resident.life)


class WorkPage(Listed[WorkView]):
    """A page of the worklist."""

    departed: list[DepartedView] = []
    """With `since`, on the first page: who left the list since then (đã rời danh sách)."""

    as_of: datetime
    """What to send as `since` next time: a minute before this answer, so that nothing is missed and some items come twice."""


class StepCounts(BaseModel):
    step: Annotated[str, OneOf(Step)]
    blocked: int = 0
    ready: int = 0
    in_progress: int = 0
    completed: int = 0
    revoked: int = 0


class SummaryView(BaseModel):
    """A village's (or any unit's) work at a glance: residents by step and status, and how many lack which condition."""

    unit_code: str
    steps: list[StepCounts]
    missing: dict[str, int]

    @classmethod
    def of(cls, unit_code: str, counted: list[tuple[str, str, int]], lacking: list[tuple[str, int]]) -> "SummaryView":
        steps: dict[str, StepCounts] = {step: StepCounts(step=step) for step in STEPS}
        for step, status, count in counted:
            setattr(steps[step], status, count)
        return cls(unit_code=unit_code, steps=list(steps.values()), missing=dict(sorted(lacking)))


class ChargeView(BaseModel):
    """A free step for which a provider took money (requirements R25, R30, R69: these are free)."""

    resident_id: UUID
    unit_code: str
    step: Annotated[str, OneOf(Step)]
    provider: str | None
    charged: int
    occurred_at: datetime

    @classmethod
    def of(cls, evidence: StepEvidence, resident: KnownResident) -> "ChargeView":
        return cls(
            resident_id=resident.id,
            unit_code=resident.unit_code,
            step=evidence.step,
            provider=evidence.provider,
            charged=evidence.charged or 0,
            occurred_at=evidence.occurred_at,
        )


def not_in_the_future(value: datetime) -> datetime:
    """A declared moment lies in the past; a device's clock may be some minutes ahead."""
    within_reason(value)
    if value > now() + CLOCK_SKEW:
        raise PydanticCustomError("in-the-future", "Lies in the future", {"vi": "Thời điểm ở tương lai."})
    return value


def within_reason(value: Any) -> Any:
    """A day or moment of this century: others are mistakes of typing, and cannot be counted with."""
    if value is not None and not FIRST_YEAR <= value.year < LAST_YEAR:
        raise PydanticCustomError(
            "year-out-of-range", "The year is out of range", {"vi": f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR - 1}."}
        )
    return value


def _end_of_day(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value + timedelta(days=1), datetime.min.time(), HO_CHI_MINH).astimezone(UTC)
