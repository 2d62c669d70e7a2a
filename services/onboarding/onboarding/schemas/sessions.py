"""Request bodies and views of sessions, attendance and training accounts."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.errors import Language
from chassis.web.bodies import NOT_NULL, Instant, RequestBody
from chassis.web.vocabulary import OneOf
from onboarding.model.sessions import AttendanceResult, Attendee, AttendeeKind, CampaignSession, SessionKind
from onboarding.model.training import TrainingAccount, TrainingRole
from onboarding.schemas.campaigns import Long, ReasonedChange, Short, UnitCode
from onboarding.schemas.journeys import within_reason

HeadCount = Annotated[int, Field(ge=0, le=10_000)]
Texts = Annotated[list[Short], Field(max_length=50)]


class SessionCreate(RequestBody):
    """A session at one place; lists may be sent as one text."""

    kind: SessionKind
    topics: list[Short] = Field(default=[], max_length=50)
    venue: Short
    unit_code: UnitCode
    starts_at: Instant
    ends_at: Instant | None = None
    host: Short | None = None
    coordinators: list[Short] = Field(default=[], max_length=50)
    audience: list[Short] = Field(default=[], max_length=50)
    conclusions: Long | None = None
    guests: HeadCount = 0
    """Guests who came (khách mời), by head: nothing of them is recorded."""
    pupils: HeadCount = 0
    """Grade-9 pupils who came (học sinh lớp 9), by head."""

    _moments_within_reason = field_validator("starts_at", "ends_at")(lambda value: within_reason(value))

    @field_validator("topics", "coordinators", "audience", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value or []

    def details(self) -> dict[str, Any]:
        return self.model_dump(exclude={"unit_code"})


class SessionPatch(ReasonedChange):
    """What changes of a session; `status: "cancelled"` and `is_cancelled: true` mean the same."""

    topics: Annotated[Texts | None, NOT_NULL] = None
    venue: Annotated[Short | None, NOT_NULL] = None
    starts_at: Annotated[Instant | None, NOT_NULL] = None
    ends_at: Instant | None = None
    host: Short | None = None
    coordinators: Annotated[Texts | None, NOT_NULL] = None
    audience: Annotated[Texts | None, NOT_NULL] = None
    conclusions: Long | None = None
    guests: Annotated[HeadCount | None, NOT_NULL] = None
    """Guests who came, by head; from the start of the session to 7 days after its end."""
    pupils: Annotated[HeadCount | None, NOT_NULL] = None
    """Grade-9 pupils who came, by head."""
    is_cancelled: Annotated[bool | None, NOT_NULL] = None
    status: Annotated[Literal["planned", "cancelled"] | None, NOT_NULL] = None

    _moments_within_reason = field_validator("starts_at", "ends_at")(lambda value: within_reason(value))

    def changes(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True, exclude={"status"})
        return sent | ({"is_cancelled": self.status == "cancelled"} if self.status else {})


class SessionView(BaseModel):
    id: UUID
    campaign_id: UUID
    kind: Annotated[str, OneOf(SessionKind)]
    topics: list[str]
    venue: str
    unit_code: str
    starts_at: datetime
    ends_at: datetime | None
    host: str | None
    coordinators: list[str]
    audience: list[str]
    conclusions: str | None
    is_cancelled: bool
    status: Annotated[str, OneOf("planned", "held", "cancelled")]
    guests: int
    """Guests who came, by head."""
    pupils: int
    """Grade-9 pupils who came, by head."""

    @classmethod
    def of(cls, held: CampaignSession) -> "SessionView":
        return cls(**{name: getattr(held, name) for name in SessionView.model_fields})


class OwnSessionView(SessionView):
    """For those who run the session: how many came, and the check-in code of the printed sheet."""

    attendance: dict[str, int]
    check_in_code: str

    @classmethod
    def with_counts(cls, held: CampaignSession, counts: dict[str, int]) -> "OwnSessionView":
        return cls(**dict(SessionView.of(held)), attendance=counts, check_in_code=held.check_in_code)


class AttendeeBody(RequestBody):
    """Exactly one of the three: a resident, an organization, or a member of a team."""

    resident_id: UUID | None = None
    organization_id: UUID | None = None
    member_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(each is not None for each in (self.resident_id, self.organization_id, self.member_id)) != 1:
            raise PydanticCustomError("exactly-one", "Name exactly one", {"vi": "Nêu đúng một người hoặc đơn vị."})
        return self

    def attendee(self) -> Attendee:
        if self.resident_id:
            return Attendee("resident", self.resident_id)
        if self.organization_id:
            return Attendee("organization", self.organization_id)
        assert self.member_id
        return Attendee("member", self.member_id)


class AttendanceBody(RequestBody):
    items: list[AttendeeBody] = Field(min_length=1, max_length=500)


class AttendanceItem(BaseModel):
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    member_id: UUID | None = None
    result: Literal["applied", "unchanged", "refused"]
    problem: dict[str, Any] | None = None

    @classmethod
    def of(cls, noted: AttendanceResult, language: Language, instance: str) -> "AttendanceItem":
        return cls(
            **{f"{noted.attendee.kind}_id": noted.attendee.id},
            result=noted.result,
            problem=noted.problem.render(language, instance) if noted.problem else None,
        )


class AttendanceView(BaseModel):
    items: list[AttendanceItem]
    attendance: dict[str, int]


class AttendeeView(BaseModel):
    """One who came; whom it is about is an id, never a name."""

    kind: Annotated[str, OneOf(AttendeeKind)]
    attendee_id: UUID
    by_code: bool
    at: datetime


class CheckIn(RequestBody):
    code: str = Field(min_length=1, max_length=100)


class TrainingAccountsCreate(RequestBody):
    count: int = Field(ge=1, le=200)
    role: TrainingRole


class TrainingAccountView(BaseModel):
    """A login for training with synthetic people; the secret is shown this once.

    Sign in: `POST /oauth/token` with `grant_type=password`, `username` (the login) and `password` (the secret).
    """

    login: str
    role: Annotated[str, OneOf(TrainingRole)]
    unit_code: str
    resident_id: UUID | None = None
    valid_until: datetime
    secret: str | None = None

    @classmethod
    def of(cls, account: TrainingAccount, secret: str | None = None) -> "TrainingAccountView":
        return cls(
            login=account.login,
            role=account.role,
            unit_code=account.unit_code,
            resident_id=account.resident_id,
            valid_until=account.valid_until,
            secret=secret,
        )
