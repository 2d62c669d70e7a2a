"""Views of where units stand in a campaign, of good practices, and of reminders."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf
from contracts.registry import Level
from onboarding.model.evidence import Communication
from onboarding.model.reminders import CampaignReminder, sentence_of
from onboarding.queries.standings import UnitStanding
from onboarding.schemas.campaigns import Long, UnitCode

Without = Literal["team", "session", "visit"]


class StandingView(BaseModel):
    """One unit of a campaign: what was set up and done, and what it is behind on."""

    unit_code: str
    """The unit (thôn, xã)."""
    unit_name: str
    """Its name."""
    level: Annotated[str, OneOf(Level)]
    """Its level."""
    teams: int
    """Teams (tổ) in it and below."""
    sessions: int
    """Sessions that are planned or were held, without cancelled ones."""
    sessions_held: int
    """Sessions that have begun."""
    visits: int
    """Visits (lượt đến nhà) since the campaign began."""
    overdue_tasks: int
    """Tasks whose last day has passed."""
    filings: dict[str, str]
    """What it owes by kind: `on_time`, `late` or `missing`."""
    targets: dict[str, float]
    """How far it is with each target, from 0 to 1."""
    behind: list[str]
    """What it is behind on: `team`, `session`, `visit`, `task`, `filing_<kind>`, `target_<indicator>` (below the mean)."""
    behind_texts: list[str]
    """The same in Vietnamese."""

    @classmethod
    def of(cls, standing: UnitStanding) -> "StandingView":
        own = ("teams", "sessions", "sessions_held", "visits", "overdue_tasks", "filings", "behind")
        return cls(
            **{name: getattr(standing, name) for name in own},
            unit_code=standing.unit.code,
            unit_name=standing.unit.name,
            level=standing.unit.level,
            targets=standing.parts,
            behind_texts=[sentence_of(code, standing.parts) for code in standing.behind],
        )


class RemindersCreate(RequestBody):
    """Letters to units of a campaign about what they are behind on."""

    unit_codes: Annotated[list[UnitCode], Field(max_length=200)] = []
    """The units; none named: all that are behind on something."""
    text: Long | None = None
    """The closing paragraph; left out, a request to hurry and report."""


class ReminderView(BaseModel):
    """A letter that was sent; casework keeps it as a document."""

    id: UUID
    """The reminder."""
    unit_code: str
    """The unit of the campaign that is reminded."""
    document_id: UUID
    """The document in casework: `GET /v1/documents/{id}`."""
    behind: list[str]
    """What the unit was behind on."""
    sent_at: datetime
    """When it was sent."""

    @classmethod
    def of(cls, kept: CampaignReminder) -> "ReminderView":
        return cls(**kept.model_dump(include=set(cls.model_fields)))


class GoodPracticeView(BaseModel):
    """A good practice (cách làm hay) of a commune, for the others to read."""

    id: UUID
    """The publication."""
    title: str
    """Its title."""
    summary: str | None
    """What was done and how."""
    url: str | None
    """Where to read or watch it."""
    attachment: str | None
    """A file that goes with it."""
    published_on: date
    """When it was published."""
    unit_code: str
    """The unit whose practice it is."""
    unit_name: str
    """Its name."""
    evidence_for: str | None
    """The indicator that it helped."""

    @classmethod
    def of(cls, item: Communication, unit_name: str) -> "GoodPracticeView":
        return cls(**item.model_dump(exclude={"campaign_id", "unit_id", "kind"}), unit_name=unit_name)
