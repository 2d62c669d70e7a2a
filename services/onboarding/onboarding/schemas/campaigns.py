"""Request bodies and views of campaigns, their steps, tasks and filings."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.clock import today
from chassis.web.bodies import NOT_NULL, Day, RequestBody
from chassis.web.past import PastDay
from chassis.web.vocabulary import Coded, OneOf, code_of, one_of
from onboarding.model.bodies import body_codes, body_name, find_body, find_body_code
from onboarding.model.campaigns import Campaign, CampaignStatus, CampaignStep, Task
from onboarding.model.deadlines import FilingState, is_overdue
from onboarding.model.drafts import CampaignDraft, DemandDraft, StepDraft, TaskDraft
from onboarding.model.plans import FilingKind, RecipientPurpose
from onboarding.model.templates import TemplateName
from onboarding.queries.campaigns import OwedFiling
from onboarding.schemas.journeys import within_reason

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Reminders = Annotated[list[Day], Field(max_length=20)]
UnitCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


IndicatorCode = Annotated[Short, Coded("indicators")]
"""An indicator of the reports by its code (`payment_account`, `payment_account@15_plus`) or its title."""


class ReasonedChange(RequestBody):
    """The base of bodies that change what is recorded: they may say why."""

    reason: Long | None = Field(None, exclude=True)
    """Why it is changed (lý do), for the acts' log (`GET /v1/campaign-acts`)."""


class BasisItem(RequestBody):
    """A document on which the plan rests."""

    number: Short
    date: Day
    issuer: Short
    title: Short


class Recipient(RequestBody):
    name: Short
    purpose: RecipientPurpose


class PlanBody(RequestBody):
    """The plan as a document: number, day, issuer, basis and recipients."""

    number: Short | None = None
    issued_on: Day | None = None
    issuer: Short | None = None
    basis: list[BasisItem] = Field(default=[], max_length=50)
    recipients: list[Recipient] = Field(default=[], max_length=100)
    """To whom it is sent and why (nơi nhận)."""
    filed_with: list[Short] = Field(default=[], max_length=20)
    """Where a copy is filed (lưu: VT, VHTT)."""
    purposes: list[Long] = Field(default=[], max_length=50)
    """Purposes and requirements (mục đích, yêu cầu), one paragraph each."""


class TargetBody(RequestBody):
    """A target: a share in percent, or a count."""

    indicator: IndicatorCode
    percent: float | None = Field(None, ge=0, le=100)
    count: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _has_one_measure(self) -> Self:
        if (self.percent is None) is (self.count is None):
            raise PydanticCustomError(
                "percent-or-count", "Give either percent or count", {"vi": "Cho phần trăm hoặc số lượng, không cả hai."}
            )
        return self


def _each_indicator_once(targets: list[TargetBody]) -> list[TargetBody]:
    if len({each.indicator for each in targets}) < len(targets):
        raise PydanticCustomError("named-twice", "An indicator is named twice", {"vi": "Một chỉ số nêu hai lần."})
    return targets


def past_day(value: date | None) -> date | None:
    """A day of this century that is not in the future."""
    within_reason(value)
    if value is not None and value > today():
        raise PydanticCustomError("in-the-future", "Lies in the future", {"vi": "Ngày ở tương lai."})
    return value


def _body_code(sent: str) -> str:
    code = find_body_code(sent) or code_of("bodies", sent)
    if code is None:
        raise PydanticCustomError("unknown-code", "There is no such body", {"vi": "Không có cơ quan, đoàn thể này."})
    return code


StepState = Literal["planned", "in_progress", "done", "completed", "cancelled"]
TaskState = Literal["open", "in_progress", "done", "completed", "cancelled"]
BodyCode = Annotated[Short, AfterValidator(_body_code), one_of("bodies")]
ShownBody = Annotated[str, one_of("bodies")]
"""A body by its code or by its name ("Hội Phụ nữ"); stored as the code."""
KnownBody = Annotated[Short, AfterValidator(lambda sent: _body_code(sent) and sent)]
"""A body by its code or by its name; the name stays as it is written ("Công an xã Đồng Tiến")."""
Targets = Annotated[list[TargetBody], Field(max_length=100), AfterValidator(_each_indicator_once)]


class StepBody(RequestBody):
    """A step of a custom campaign, or one that differs from the template's."""

    number: int = Field(ge=1, le=50)
    title: Short
    responsible_bodies: list[KnownBody] = Field(default=[], max_length=20)
    venue: Short | None = None
    starts_on: Day | None = None
    due_on: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.due_on and self.starts_on > self.due_on:
            raise PydanticCustomError("before-start", "Ends before it starts", {"vi": "Kết thúc trước khi bắt đầu."})
        return self

    def draft(self) -> StepDraft:
        on = self.starts_on or today()
        return StepDraft(
            number=self.number,
            title=self.title,
            responsible=[_named_body(each, on) for each in self.responsible_bodies],
            venue=self.venue,
            starts_on=self.starts_on,
            due_on=self.due_on,
        )


class CampaignCreate(RequestBody):
    """A campaign to draw up; without steps it gets those of its template, without days."""

    template: TemplateName
    unit_code: UnitCode
    title: Short
    starts_on: Day | None = None
    ends_on: Day | None = None
    parent_id: UUID | None = None
    plan: PlanBody | None = None
    minimum_procedures: int | None = Field(None, ge=1, le=500)
    targets: Targets = []
    steps: list[StepBody] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.ends_on and self.starts_on > self.ends_on:
            raise PydanticCustomError("before-start", "Ends before it starts", {"vi": "Kết thúc trước khi bắt đầu."})
        if len({step.number for step in self.steps}) < len(self.steps):
            raise PydanticCustomError("numbered-twice", "Two steps have one number", {"vi": "Hai bước trùng số."})
        return self

    def draft(self) -> CampaignDraft:
        return CampaignDraft(
            template=self.template,
            unit_code=self.unit_code,
            title=self.title,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            parent_id=self.parent_id,
            plan=self.plan.model_dump(mode="json") if self.plan else {},
            minimum_procedures=self.minimum_procedures,
            targets=[each.model_dump(exclude_none=True) for each in self.targets],
            steps=[each.draft() for each in self.steps],
        )


class CampaignEvaluation(RequestBody):
    """Summing-up and lessons (tổng kết, rút kinh nghiệm)."""

    results: Long | None = None
    limits: Long | None = None
    causes: Long | None = None
    lessons: Long | None = None
    proposals: Long | None = None


class CampaignPatch(ReasonedChange):
    """What changes of a campaign; one member of `plan` or `evaluation` leaves the others, and null clears it.

    `cancelled` takes the campaign back: it binds no unit any more; `active` reinstates it.
    """

    title: Annotated[Short | None, NOT_NULL] = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    plan: PlanBody | None = None
    minimum_procedures: int | None = Field(None, ge=1, le=500)
    targets: Annotated[Targets | None, NOT_NULL] = None
    evaluation: CampaignEvaluation | None = None
    status: Annotated[CampaignStatus | None, NOT_NULL] = None

    def changes(self) -> dict[str, Any]:
        sent = self.model_dump(mode="python", exclude_unset=True)
        if "plan" in sent:
            sent["plan"] = self.plan.model_dump(mode="json", exclude_unset=True) if self.plan else {}
        if self.targets is not None:
            sent["targets"] = [each.model_dump(exclude_none=True) for each in self.targets]
        if self.evaluation is not None:
            sent["evaluation"] = self.evaluation.model_dump(exclude_unset=True)
        return sent


class CampaignStepView(BaseModel):
    """A step; a day is null where the plan gives none."""

    number: int
    title: str
    title_en: str | None
    responsible_bodies: list[dict[str, Any]]
    coordinating_bodies: list[dict[str, Any]]
    venue: str | None
    starts_on: date | None
    due_on: date | None
    status: Annotated[str, OneOf(StepState)]
    done_on: date | None
    is_overdue: bool
    is_late: bool
    note: str | None

    @classmethod
    def of(cls, step: CampaignStep) -> "CampaignStepView":
        return cls(
            **step.model_dump(exclude={"campaign_id", "responsible", "coordinating"}),
            responsible_bodies=step.responsible,
            coordinating_bodies=step.coordinating,
            is_overdue=step.status != "cancelled" and is_overdue(step.due_on, step.done_on, today()),
            is_late=bool(step.due_on and step.done_on and step.done_on > step.due_on),
        )


class CampaignView(BaseModel):
    id: UUID
    template: str
    unit_code: str
    unit_name: str
    title: str
    starts_on: date | None
    ends_on: date | None
    parent_id: UUID | None
    plan: dict[str, Any]
    area: str | None
    services: list[str]
    minimum_procedures: int | None
    targets: list[dict[str, Any]]
    team_bodies: list[str]
    evaluation: dict[str, Any] | None
    status: Annotated[str, OneOf(CampaignStatus)]
    version: int
    created_at: datetime
    steps: list[CampaignStepView]

    @classmethod
    def of(cls, campaign: Campaign, unit_name: str, steps: list[CampaignStep]) -> "CampaignView":
        return cls(
            **campaign.model_dump(exclude={"unit_id", "created_by", "plan_digest"}),
            unit_name=unit_name,
            steps=[CampaignStepView.of(step) for step in steps],
        )


class StepPatch(ReasonedChange):
    status: Annotated[StepState | None, NOT_NULL] = None
    done_on: PastDay | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    note: Long | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class TaskCreate(RequestBody):
    """Work for a body: who owns it, until when, and when its owner is reminded."""

    body: KnownBody
    work: Long
    owner: Short | None = None
    due_on: Day | None = Field(None, validation_alias=AliasChoices("due_on", "due"))
    reminders: Reminders = []
    step: int | None = Field(None, ge=1)
    unit_code: UnitCode | None = None

    def draft(self) -> TaskDraft:
        named = _named_body(self.body, self.due_on or today())
        return TaskDraft(
            body=named["body"],
            body_name=named["name"],
            work=self.work,
            step=self.step,
            due_on=self.due_on,
            owner=self.owner,
            reminders=tuple(self.reminders),
            origin="officer",
        )


class TaskPatch(ReasonedChange):
    """What changes of a task. Its owner changes `status`, `done_on` and `note` only."""

    body: Annotated[KnownBody | None, NOT_NULL] = None
    work: Annotated[Long | None, NOT_NULL] = None
    step: int | None = Field(None, ge=1)
    owner: Short | None = None
    due_on: Day | None = Field(None, validation_alias=AliasChoices("due_on", "due"))
    status: Annotated[TaskState | None, NOT_NULL] = None
    done_on: PastDay | None = None
    note: Long | None = None
    reminders: Annotated[Reminders | None, NOT_NULL] = None

    def is_progress(self) -> bool:
        """Whether only what the owner of a task may change is sent."""
        return self.model_fields_set <= {"status", "done_on", "note", "reason"}

    def changes(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True)
        if self.reminders is not None:
            sent["reminders"] = [each.isoformat() for each in self.reminders]
        if self.body is not None:
            named = _named_body(self.body, self.due_on or today())
            sent |= {"body": named["body"], "body_name": named["name"]}
        return sent


class TaskView(BaseModel):
    id: UUID
    campaign_id: UUID
    unit_code: str
    step: int | None
    body: ShownBody
    body_name: str
    work: str
    owner: str | None
    due_on: date | None
    due: date | None
    reminders: list[date]
    status: Annotated[str, OneOf(TaskState)]
    done_on: date | None
    is_overdue: bool
    note: str | None
    origin: str
    origin_id: UUID | None

    @classmethod
    def of(cls, task: Task) -> "TaskView":
        return cls(
            **task.model_dump(exclude={"unit_id", "version", "created_at", "about"}),
            due=task.due_on,
            is_overdue=task.is_overdue(today()),
        )


class FilingCreate(RequestBody):
    """What is to be handed in and, once it is, on which day. "Before 20/04" is `due_before` 20/04: the 19th is the last day."""

    kind: FilingKind
    period: Short | None = None
    to: Short
    due_on: Day | None = None
    due_before: Day | None = None
    filed_on: PastDay | None = None
    document_id: UUID | None = None
    unit_code: UnitCode | None = None

    _days_within_reason = field_validator("due_on", "due_before", "filed_on")(lambda value: within_reason(value))

    @model_validator(mode="after")
    def _has_a_last_day(self) -> Self:
        if (self.due_on is None) is (self.due_before is None):
            raise PydanticCustomError("due-on-or-before", "Give due_on or due_before", {"vi": "Cho hạn nộp (due_on)."})
        return self

    def demand(self, *, of_children: bool) -> DemandDraft:
        last_day = self.due_on or (self.due_before - timedelta(days=1) if self.due_before else today())
        return DemandDraft(self.kind, self.to, last_day, self.period, of_children)


class FilingPatch(ReasonedChange):
    """Corrects a filing: the day (null takes it back) and document by its unit, the last day and addressee by the campaign."""

    filed_on: PastDay | None = None
    document_id: UUID | None = None
    due_on: Annotated[Day | None, NOT_NULL] = None
    to: Annotated[Short | None, NOT_NULL] = None

    _days_within_reason = field_validator("due_on", "filed_on")(lambda value: within_reason(value))

    def of_unit(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True, include={"filed_on", "document_id"})

    def of_campaign(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True, include={"due_on", "to"})
        return {"addressee" if name == "to" else name: value for name, value in sent.items()}


class FilingView(BaseModel):
    """What one unit owes: `on_time`, `late` or `missing`; the day that is due still counts as on time."""

    id: UUID | None
    demand_id: UUID
    kind: Annotated[str, OneOf(FilingKind)]
    period: str | None
    to: str
    due_on: date
    unit_code: str
    unit_name: str
    filed_on: date | None
    state: Annotated[str, OneOf(FilingState)]
    is_overdue: bool
    document_id: UUID | None

    @classmethod
    def of(cls, owed: OwedFiling) -> "FilingView":
        filed_on = owed.filing.filed_on if owed.filing else None
        return cls(
            id=owed.filing.id if owed.filing else None,
            demand_id=owed.demand.id,
            kind=owed.demand.kind,
            period=owed.demand.period,
            to=owed.demand.addressee,
            due_on=owed.demand.due_on,
            unit_code=owed.unit.code,
            unit_name=owed.unit.name,
            filed_on=filed_on,
            state=owed.state,
            is_overdue=is_overdue(owed.demand.due_on, filed_on, today()),
            document_id=owed.filing.document_id if owed.filing else None,
        )


def _named_body(sent: str, on: date) -> dict[str, Any]:
    """A body by its code or by what it is called."""
    if sent in body_codes():
        return {"body": sent, "name": body_name(sent, on)}
    found = find_body(sent, on)
    return {"body": found.body if found else _body_code(sent), "name": sent}
