"""A campaign before it is stored: from a template, a body sent by an officer, or a plan's file."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from onboarding.model.bodies import body_name, find_body
from onboarding.model.plans import CampaignPlan, FilingKind
from onboarding.model.templates import TemplateName, templates

LEVEL_OF_TEMPLATE = {"commune": "commune", "district": "district", "custom": None}


@dataclass(frozen=True)
class StepDraft:
    number: int
    title: str
    title_en: str | None = None
    responsible: list[dict[str, Any]] = field(default_factory=list)
    coordinating: list[dict[str, Any]] = field(default_factory=list)
    venue: str | None = None
    starts_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class TaskDraft:
    body: str
    body_name: str
    work: str
    step: int | None = None
    due_on: date | None = None
    owner: str | None = None
    reminders: tuple[date, ...] = ()
    origin: str = "plan"
    origin_id: UUID | None = None
    about: str | None = None


@dataclass(frozen=True)
class DemandDraft:
    kind: FilingKind
    addressee: str
    due_on: date
    period: str | None = None
    of_children: bool = False


@dataclass(frozen=True)
class CampaignDraft:
    """Everything of a campaign that is known when it is drawn up."""

    template: TemplateName
    unit_code: str
    title: str
    starts_on: date | None = None
    ends_on: date | None = None
    parent_id: UUID | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    digest: str | None = None
    area: str | None = None
    services: list[str] = field(default_factory=list)
    minimum_procedures: int | None = None
    targets: list[dict[str, Any]] = field(default_factory=list)
    team_bodies: list[str] = field(default_factory=list)
    steps: list[StepDraft] = field(default_factory=list)
    tasks: list[TaskDraft] = field(default_factory=list)
    demands: list[DemandDraft] = field(default_factory=list)

    @property
    def resolved_on(self) -> date | None:
        """The day as of which its unit is meant."""
        issued_on = self.plan.get("issued_on")
        return self.starts_on or (date.fromisoformat(issued_on) if issued_on else None)


def steps_of_template(name: TemplateName, on: date) -> list[StepDraft]:
    """The steps of a template, with its bodies as they are called on a day and without days."""
    level = LEVEL_OF_TEMPLATE[name]
    return [
        StepDraft(
            number=number,
            title=step.title,
            title_en=step.en,
            responsible=[{"body": body, "name": body_name(body, on, level)} for body in step.bodies],
        )
        for number, step in enumerate(templates()[name].steps, start=1)
    ]


def draft_of_plan(plan: CampaignPlan, text: str) -> CampaignDraft:
    """The campaign that a plan's file describes; the file's digest identifies the same file."""
    return CampaignDraft(
        template=plan.template,
        unit_code=plan.unit_code,
        title=plan.title,
        starts_on=plan.time.starts_on if plan.time else None,
        ends_on=plan.time.due_on if plan.time else None,
        plan=_plan_document(plan),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        area=plan.area,
        services=plan.procedures.chosen,
        minimum_procedures=plan.procedures.minimum,
        targets=[each.model_dump(exclude_none=True) for each in plan.targets],
        team_bodies=[_body(name, plan)["body"] for name in plan.team],
        steps=_steps(plan),
        tasks=_tasks(plan),
        demands=_demands(plan),
    )


def _plan_document(plan: CampaignPlan) -> dict[str, Any]:
    return {
        "number": plan.number,
        "issued_on": plan.issued_on.isoformat() if plan.issued_on else None,
        "issuer": plan.issuer,
        "basis": [
            {"number": each.number, "date": each.issued_on.isoformat(), "issuer": each.issuer, "title": each.title}
            for each in plan.basis
        ],
        "recipients": [{"name": name, "purpose": purpose} for name, purpose in plan.recipients.listed()],
        "filed_with": plan.recipients.filed,
        "purposes": plan.purposes,
    }


def _steps(plan: CampaignPlan) -> list[StepDraft]:
    english = [step.en for step in templates()[plan.template].steps]
    return [
        StepDraft(
            number=step.number,
            title=step.title,
            title_en=english[step.number - 1] if step.number <= len(english) else None,
            responsible=[_body(name, plan) for name in step.lead],
            coordinating=[_body(name, plan) for name in step.coordinating],
            venue=step.venue,
            starts_on=step.time.starts_on if step.time else None,
            due_on=step.time.due_on if step.time else None,
        )
        for step in plan.steps
    ]


def _tasks(plan: CampaignPlan) -> list[TaskDraft]:
    return [
        TaskDraft(
            body=_body(responsible.body, plan)["body"],
            body_name=responsible.body,
            work=task.work,
            step=task.step,
            due_on=task.due.due_on if task.due else None,
        )
        for responsible in plan.responsibilities
        for task in responsible.tasks
    ]


def _demands(plan: CampaignPlan) -> list[DemandDraft]:
    """What is to be handed in; by each unit below where the plan names them all ("các xã, thị trấn")."""
    return [
        DemandDraft(
            kind=filing.kind,
            addressee=filing.to,
            due_on=filing.due.due_on,
            of_children=not plan.issuer.startswith(filing.by) and plan.template == "district",
        )
        for filing in plan.filings
        if filing.due and filing.due.due_on
    ]


def _body(name: str, plan: CampaignPlan) -> dict[str, Any]:
    found = find_body(name, plan.written_on)
    return {"body": found.body if found else "other", "name": name}
