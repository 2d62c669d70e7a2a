"""Events of onboarding: residents' steps, campaigns, teams, sessions."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from contracts import topics
from contracts.event import Code, Event, Id, Instant, date

Step = Literal["vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection"]
StepStatus = Literal["blocked", "ready", "in_progress", "completed", "revoked"]


class StepState(Event):
    """One step of one resident as it stands now; `version` counts the changes of this resident's journey from 1.

    `marks` are the countable parts that hold now: `issued`, `level_1`, `level_2` of `vneid`; `bank`, `e_wallet`,
    `mobile_money` (an account of that kind is open) of `payment_account`; `self_service` or `assisted` where declared.
    """

    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    step: Step
    status: StepStatus
    at: Instant
    """When it happened (a late event changes a past day), not when it was received."""
    completed_at: Instant | None = None
    route: str | None = None
    evidence_kind: Literal["self", "volunteer", "officer", "document", "partner"] | None = None
    provider: str | None = None
    marks: list[str] = []


class StepCompleted(StepState):
    """The step is completed; published again when what is counted of it changes."""

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.step.completed.v1"


class StepRevoked(StepState):
    """A completed step holds no longer: the signature expired, the last account was closed."""

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.step.revoked.v1"


class StepUpdated(StepState):
    """A step that is neither completed nor revoked now shows something countable (VNeID issued, not yet activated)."""

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.step.updated.v1"


class OrganizationStepCompleted(Event):
    """An organization has the provincial app, or (`completed` false) has it no longer."""

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.organization_step.completed.v1"
    key_field: ClassVar[str] = "organization_id"

    organization_id: Id
    unit_id: Id
    unit_code: Code
    step: Literal["province_app"]
    completed: bool
    at: Instant
    evidence_kind: str | None = None


class ResidentGuided(Event):
    """A resident was visited or guided in person, at home or at the village cultural house (nhà văn hóa thôn).

    `replaces` true: `guided_on` is the first day on which the resident was guided, over all visits and sessions, and None
    means that it counts no longer (a session was cancelled). `replaces` false: a visit; one with outcome `done` counts.
    """

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.resident.guided.v1"
    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    unit_id: Id
    unit_code: Code
    at: Instant
    outcome: Literal["done", "not_home", "away", "declined", "no_device"]
    guided_on: date | None = None
    replaces: bool = False


class ResidentFactObserved(Event):
    """A volunteer or officer observed an attribute of a resident in the village; registry records it (source: officer).

    `sealed` holds a phone number, encrypted for registry (`chassis.security.encryption`, context onboarding|fact_observed|phone,
    row: the
    resident's id; base64); every other attribute is a boolean in `value`.
    """

    topic: ClassVar[str] = topics.ONBOARDING
    type: ClassVar[str] = "vn.bakhong.resident.fact_observed.v1"
    key_field: ClassVar[str] = "resident_id"

    resident_id: Id
    unit_id: Id
    unit_code: Code
    at: Instant
    name: Literal["has_smartphone", "has_bank_account", "phone"]
    value: bool | None = None
    sealed: str | None = None
    owner_verified: bool = False
    observer: Literal["volunteer", "officer"] = "volunteer"
    """A volunteer's number beside a number verified as the resident's own is a proposal, on which an officer decides."""


class Target(BaseModel):
    """What a campaign wants to reach: a share in percent, or a count."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    indicator: str
    percent: float | None = None
    count: int | None = None


class CampaignStep(BaseModel):
    """A step of the plan with its dates, as far as the plan gives them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    title: str
    status: str
    starts_on: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    title_en: str | None = None


class CampaignState(Event):
    """A campaign as it stands now. It covers `unit_id` and all below, as of its start; successors may read it."""

    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    template: Literal["commune", "district", "custom"]
    title: str
    starts_on: date | None
    ends_on: date | None
    minimum_procedures: int | None
    targets: list[Target]
    steps: list[CampaignStep]
    at: Instant
    parent_id: Id | None = None
    plan_number: str | None = None
    plan_issued_on: date | None = None
    status: Literal["active", "cancelled"] = "active"
    """A cancelled campaign has no targets and no least number of procedures: it binds no unit."""


class CampaignStarted(CampaignState):
    """A campaign was drawn up."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.campaign.started.v1"


class CampaignUpdated(CampaignState):
    """A campaign, its targets or one of its steps changed."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.campaign.updated.v1"


class PlanFiled(Event):
    """A unit handed in a plan or a report. `state` is judged by the last day that the deadline leaves."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.plan.filed.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    filing_id: Id
    unit_id: Id
    unit_code: Code
    kind: Literal["plan", "weekly", "monthly", "final"]
    due_on: date
    filed_on: date | None
    state: Literal["on_time", "late", "missing"]
    period: str | None = None


class TaskChanged(Event):
    """A task of a campaign as it stands now. Its owner is reminded on `reminded_on`, or without an owner the officers of
    `body` in the unit; a task that is done, cancelled, deleted or of a cancelled campaign (`status`) reminds no longer."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.task.changed.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    task_id: Id
    unit_id: Id
    unit_code: Code
    body: str
    owner: str | None
    """The account that has to do it; opaque, never a name."""
    due_on: date | None
    reminded_on: list[date]
    status: Literal["open", "done", "cancelled"]
    at: Instant


class SessionScheduled(Event):
    """A session is planned, was moved or was cancelled; `version` counts its changes from 1."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.session.scheduled.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    session_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    kind: Literal["conference", "training", "guidance", "installation", "drive", "launch", "review"]
    starts_at: Instant
    ends_at: Instant | None = None
    status: Literal["planned", "cancelled"]
    at: Instant


class SessionHeld(Event):
    """A conference, training, installation day or drive took place; published again when attendance changes.

    `merchants` are organizations and residents who own a merchant; `businesses` all organizations, and residents who own a
    merchant, each once (None: published before this count existed).
    """

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.session.held.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    session_id: Id
    unit_id: Id
    unit_code: Code
    kind: Literal["conference", "training", "guidance", "installation", "drive", "launch", "review"]
    held_on: date
    residents: int
    organizations: int
    members: int
    merchants: int = 0
    businesses: int | None = None
    held: bool = True
    """False: the session was cancelled after it had been published; its counts are taken back."""
    guests: int = 0
    pupils: int = 0
    """Guests and grade-9 pupils, by head: nothing of them is recorded."""


class CommunicationPublished(Event):
    """News about the model was published or broadcast."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.communication.published.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    communication_id: Id
    unit_id: Id
    unit_code: Code
    kind: str
    published_on: date
    published: bool = True
    """False: it was recorded by mistake and is taken back."""


class OfficialSignatureIssued(Event):
    """An official got (or, `held` false, gave back) a public-duty digital signature (chữ ký số chuyên dùng công vụ)."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.official_signature.issued.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    official_id: Id
    unit_id: Id
    unit_code: Code
    issued_on: date
    held: bool = True


class TeamMember(BaseModel):
    """A member's account and the days on which the team lists it. An account is an opaque subject, never a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    body: str
    listed_from: date | None = None
    listed_to: date | None = None


class TeamChanged(Event):
    """The members of an implementation or community digital technology team, as listed now (decides who is a volunteer)."""

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.team.changed.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    team_id: Id
    unit_id: Id
    unit_code: Code
    members: list[TeamMember]
    at: Instant


class TrainingAccount(BaseModel):
    """A training login. Its secret has 96 random bits, so its SHA-256 (hex) reveals nothing of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    login: str
    role: Literal["resident", "volunteer", "officer"]
    secret_digest: str
    resident_id: Id | None = None


class TrainingOpened(Event):
    """A campaign has a training commune with one village of synthetic people; published again when something changes.

    The two units stand in no tree of real units. `people` are ids for residents to be made up; `valid_until` is the end of
    the accounts of this session. The newest `version` of a session counts.
    """

    topic: ClassVar[str] = topics.CAMPAIGNS
    type: ClassVar[str] = "vn.bakhong.training.opened.v1"
    key_field: ClassVar[str] = "campaign_id"

    campaign_id: Id
    session_id: Id
    version: int
    unit_id: Id
    unit_code: Code
    village_id: Id
    village_code: Code
    people: list[Id]
    accounts: list[TrainingAccount]
    valid_until: Instant
    at: Instant
