"""Campaigns: a plan in action in a unit, with its steps, tasks and filings."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.deadlines import FilingState, filing_state, is_overdue
from onboarding.model.tables import OnboardingTable, document, texts

CampaignStatus = Literal["active", "cancelled"]


class Campaign(OnboardingTable, table=True):
    """A campaign covers its unit and all below, as of its start; the unit's successors may read it."""

    __tablename__ = "campaign"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    template: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    starts_on: date | None = None
    ends_on: date | None = None
    parent_id: UUID | None = Field(default=None, index=True)
    plan: dict[str, Any] = Field(default={}, sa_type=document())
    plan_digest: str | None = Field(default=None, sa_type=Text, unique=True)
    area: str | None = Field(default=None, sa_type=Text)
    services: list[str] = Field(default=[], sa_type=texts())
    minimum_procedures: int | None = None
    targets: list[dict[str, Any]] = Field(default=[], sa_type=document())
    team_bodies: list[str] = Field(default=[], sa_type=texts())
    evaluation: dict[str, Any] | None = Field(default=None, sa_type=document())
    status: str = Field(default="active", sa_type=Text, sa_column_kwargs={"server_default": "active"})
    version: int = 1
    created_at: datetime = Field(sa_type=aware())
    created_by: str = Field(sa_type=Text)

    @property
    def resolved_on(self) -> date | None:
        """The day as of which its units are meant: its start, else the day its plan was issued."""
        issued_on = self.plan.get("issued_on")
        return self.starts_on or (date.fromisoformat(issued_on) if issued_on else None)


class CampaignStep(OnboardingTable, table=True):
    """One step of the plan; days are only those that the plan gives."""

    __tablename__ = "campaign_step"

    campaign_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(sa_type=Text)
    title_en: str | None = Field(default=None, sa_type=Text)
    responsible: list[dict[str, Any]] = Field(default=[], sa_type=document())
    coordinating: list[dict[str, Any]] = Field(default=[], sa_type=document())
    venue: str | None = Field(default=None, sa_type=Text)
    starts_on: date | None = None
    due_on: date | None = None
    status: str = Field(default="planned", sa_type=Text)
    done_on: date | None = None
    note: str | None = Field(default=None, sa_type=Text)


class Task(OnboardingTable, table=True):
    """One piece of work that the plan, or a gap found on the way, gives to a body."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "owner", "due_on", postgresql_where="done_on IS NULL"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    step: int | None = None
    body: str = Field(sa_type=Text)
    body_name: str = Field(sa_type=Text)
    work: str = Field(sa_type=Text)
    owner: str | None = Field(default=None, sa_type=Text)
    due_on: date | None = None
    reminders: list[str] = Field(default=[], sa_type=texts())
    status: str = Field(default="open", sa_type=Text)
    done_on: date | None = None
    note: str | None = Field(default=None, sa_type=Text)
    origin: str = Field(default="plan", sa_type=Text)
    origin_id: UUID | None = Field(default=None, index=True)
    about: str | None = Field(default=None, sa_type=Text)
    """Of a gap: the kind of the item that a venue lacks."""
    version: int = 1
    created_at: datetime = Field(sa_type=aware())

    def is_overdue(self, today: date) -> bool:
        return self.status != "cancelled" and is_overdue(self.due_on, self.done_on, today)

    def reminded_on(self) -> list[date]:
        """The days on which its owner is reminded; the day it is due is one of them."""
        days = {date.fromisoformat(each) for each in self.reminders}
        return sorted(days | ({self.due_on} if self.due_on else set()))


class FilingDemand(OnboardingTable, table=True):
    """What units have to hand in, to whom, by which last day."""

    __tablename__ = "filing_demand"
    __table_args__ = (
        Index("uq_filing_demand", "campaign_id", "kind", "period", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID
    kind: str = Field(sa_type=Text)
    period: str | None = Field(default=None, sa_type=Text)
    addressee: str = Field(sa_type=Text)
    due_on: date
    of_children: bool = False


class Filing(OnboardingTable, table=True):
    """What one unit handed in."""

    __tablename__ = "filing"
    __table_args__ = (Index("uq_filing_demand_unit", "demand_id", "unit_id", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    demand_id: UUID
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    filed_on: date
    document_id: UUID | None = None
    recorded_by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=aware())

    def state(self, due_on: date) -> FilingState:
        return filing_state(due_on, self.filed_on)
