"""Drawing up a campaign and carrying it on: steps, tasks, filings."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody, require_order
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts import onboarding as events
from onboarding.errors import FilingExists
from onboarding.model.campaigns import Campaign, CampaignStep, Filing, FilingDemand, Task
from onboarding.model.drafts import CampaignDraft, DemandDraft, TaskDraft, steps_of_template
from onboarding.model.templates import templates
from onboarding.queries.campaigns import find_demand, list_steps
from onboarding.queries.territory import may_read, require_lead, unit_as_of

FINISHED = ("done", "completed")


async def draw_up_campaign(session: Session, caller: Caller, draft: CampaignDraft) -> Campaign:
    """A new campaign with the steps of its template (or of its plan) and everything the plan asks for."""
    unit = await unit_as_of(session, draft.unit_code, draft.resolved_on)
    await require_lead(session, caller, unit.id)
    await _require_parent(session, caller, draft.parent_id)
    template = templates()[draft.template]
    campaign = Campaign(
        unit_id=unit.id, unit_code=unit.code, template=draft.template, title=draft.title, starts_on=draft.starts_on,
        ends_on=draft.ends_on, parent_id=draft.parent_id, plan=draft.plan, plan_digest=draft.digest, area=draft.area,
        services=draft.services, targets=draft.targets, created_at=now(), created_by=caller.account,
        minimum_procedures=draft.minimum_procedures or template.minimum_procedures,
        team_bodies=draft.team_bodies or list(template.team_bodies),
    )  # fmt: skip
    session.add(campaign)
    _add_steps(session, campaign, draft)
    for task in draft.tasks:
        add_task(session, campaign, unit, task)
    for demand in draft.demands:
        await _demand_at_start(session, caller, campaign, unit, demand)
    await session.flush()
    await publish_campaign(session, campaign, events.CampaignStarted)
    return campaign


async def change_step(session: Session, campaign: Campaign, step: CampaignStep, changes: dict[str, Any]) -> None:
    """Records the progress of a step. A done step has a day; an undone one has none."""
    for name, value in changes.items():
        setattr(step, name, value)
    if step.status in FINISHED and step.done_on is None:
        step.done_on = today()
    if step.status not in FINISHED and "status" in changes:
        step.done_on = changes.get("done_on")
    require_order(step.starts_on, step.due_on, "/due_on")
    session.add(step)
    await change_campaign(session, campaign, {})


async def change_campaign(session: Session, campaign: Campaign, changes: dict[str, Any]) -> None:
    """Changes a campaign, and publishes its new state; one member of its plan or evaluation leaves the others."""
    for name in ("plan", "evaluation"):
        if changes.get(name):
            changes = changes | {name: {**(getattr(campaign, name) or {}), **changes[name]}}
    for name, value in changes.items():
        setattr(campaign, name, value)
    require_order(campaign.starts_on, campaign.ends_on, "/ends_on")
    campaign.version += 1
    session.add(campaign)
    await session.flush()
    await publish_campaign(session, campaign, events.CampaignUpdated)
    if "status" in changes:
        await publish_tasks(session, campaign)


def add_task(session: Session, campaign: Campaign, unit: KnownUnit, draft: TaskDraft) -> Task:
    """One more piece of work for a body."""
    task = Task(
        campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code, step=draft.step, body=draft.body,
        body_name=draft.body_name, work=draft.work, owner=draft.owner, due_on=draft.due_on,
        reminders=[each.isoformat() for each in draft.reminders], origin=draft.origin, origin_id=draft.origin_id,
        about=draft.about, created_at=now(),
    )  # fmt: skip
    session.add(task)
    publish_task(session, campaign, task)
    return task


def change_task(session: Session, campaign: Campaign, task: Task, changes: dict[str, Any]) -> None:
    """Changes a task; a done task has a day."""
    for name, value in changes.items():
        setattr(task, name, value)
    if task.status in FINISHED and task.done_on is None:
        task.done_on = today()
    if task.status not in FINISHED:
        task.done_on = None
    task.version += 1
    session.add(task)
    publish_task(session, campaign, task)


async def delete_task(session: Session, campaign: Campaign, task: Task) -> None:
    """Deletes a task; it reminds no longer."""
    task.status = "cancelled"
    publish_task(session, campaign, task)
    await session.delete(task)


def publish_task(session: Session, campaign: Campaign, task: Task) -> None:
    """Publishes a task as it stands now: whom it reminds, and on which days."""
    is_cancelled = "cancelled" in (task.status, campaign.status)
    publish(
        session,
        events.TaskChanged(
            campaign_id=task.campaign_id, task_id=task.id, unit_id=task.unit_id, unit_code=task.unit_code, body=task.body,
            owner=task.owner, due_on=task.due_on, reminded_on=task.reminded_on() if task.due_on else [], at=now(),
            status="done" if task.done_on else "cancelled" if is_cancelled else "open",
        ),
    )  # fmt: skip


async def publish_tasks(session: Session, campaign: Campaign) -> None:
    """Publishes all tasks of a campaign, after it was cancelled or made active again."""
    for task in await session.exec(select(Task).where(col(Task.campaign_id) == campaign.id)):
        publish_task(session, campaign, task)


async def demand_filing(session: Session, campaign: Campaign, draft: DemandDraft) -> FilingDemand:
    """What is to be handed in; the same kind and period is one demand."""
    demand = await find_demand(session, campaign, draft) or FilingDemand(
        campaign_id=campaign.id, kind=draft.kind, period=draft.period, addressee=draft.addressee,
        due_on=draft.due_on, of_children=draft.of_children,
    )  # fmt: skip
    session.add(demand)
    return demand


async def record_filing(
    session: Session, caller: Caller, demand: FilingDemand, unit: KnownUnit, filed_on: date, document_id: UUID | None
) -> Filing:
    """A unit hands in what is demanded; a second time for one period is refused, `change_filing` corrects the first."""
    found = await session.exec(
        select(Filing).where(col(Filing.demand_id) == demand.id, col(Filing.unit_id) == unit.id).with_for_update()
    )
    if known := found.first():
        raise FilingExists(members={"id": str(known.id)})
    filing = Filing(
        demand_id=demand.id, campaign_id=demand.campaign_id, unit_id=unit.id, unit_code=unit.code,
        filed_on=filed_on, document_id=document_id, recorded_by=caller.account, recorded_at=now(),
    )  # fmt: skip
    session.add(filing)
    await session.flush()
    _publish_filing(session, demand, filing)
    return filing


async def change_filing(session: Session, caller: Caller, filing: Filing, changes: dict[str, Any]) -> None:
    """Corrects the day or the document of a filing; a day of None takes it back: the unit owes it again."""
    demand = await session.get_one(FilingDemand, filing.demand_id)
    if "filed_on" in changes and changes["filed_on"] is None:
        await session.delete(filing)
        _publish_filing(session, demand, filing, is_filed=False)
        return
    for name, value in changes.items():
        setattr(filing, name, value)
    filing.recorded_by, filing.recorded_at = caller.account, now()
    session.add(filing)
    await session.flush()
    _publish_filing(session, demand, filing)


async def change_demand(session: Session, campaign: Campaign, demand: FilingDemand, changes: dict[str, Any]) -> None:
    """Corrects the last day or the addressee; what was handed in is judged by the new day."""
    for name, value in changes.items():
        setattr(demand, name, value)
    session.add(demand)
    await session.flush()
    for filing in await session.exec(select(Filing).where(col(Filing.demand_id) == demand.id)):
        _publish_filing(session, demand, filing)


async def publish_campaign(session: Session, campaign: Campaign, kind: type[events.CampaignState]) -> None:
    """Publishes the state of a campaign."""
    steps = await list_steps(session, campaign.id)
    binds = campaign.status != "cancelled"
    issued_on = campaign.plan.get("issued_on")
    publish(
        session,
        kind(
            campaign_id=campaign.id, version=campaign.version, unit_id=campaign.unit_id, unit_code=campaign.unit_code,
            template=campaign.template, title=campaign.title, starts_on=campaign.starts_on, ends_on=campaign.ends_on,
            minimum_procedures=campaign.minimum_procedures if binds else None, at=now(), parent_id=campaign.parent_id,
            targets=[events.Target.model_validate(each) for each in (campaign.targets if binds else [])],
            steps=[events.CampaignStep.model_validate(step.model_dump()) for step in steps],
            status=campaign.status, plan_number=campaign.plan.get("number"),
            plan_issued_on=date.fromisoformat(issued_on) if issued_on else None,
        ),
    )  # fmt: skip


async def _require_parent(session: Session, caller: Caller, parent_id: UUID | None) -> None:
    """A campaign stands under one that its officer may read; training stays below training."""
    if parent_id is None:
        return
    parent = await session.get(Campaign, parent_id)
    if parent is None or not await may_read(session, caller, parent.unit_id):
        raise InvalidBody(
            errors=[
                FieldError("/parent_id", "unknown-campaign", "Không có kế hoạch này.", "There is no such campaign.")
            ]
        )


def _add_steps(session: Session, campaign: Campaign, draft: CampaignDraft) -> None:
    steps = draft.steps or steps_of_template(draft.template, draft.resolved_on or today())
    for step in steps:
        session.add(CampaignStep(campaign_id=campaign.id, **vars(step)))


async def _demand_at_start(
    session: Session, caller: Caller, campaign: Campaign, unit: KnownUnit, draft: DemandDraft
) -> None:
    """A plan that carries the day of its issue has itself been handed in on that day."""
    demand = await demand_filing(session, campaign, draft)
    issued_on = campaign.plan.get("issued_on")
    if draft.kind == "plan" and not draft.of_children and issued_on:
        await session.flush()
        await record_filing(session, caller, demand, unit, date.fromisoformat(issued_on), None)


def _publish_filing(session: Session, demand: FilingDemand, filing: Filing, *, is_filed: bool = True) -> None:
    publish(
        session,
        events.PlanFiled(
            campaign_id=demand.campaign_id, filing_id=filing.id, unit_id=filing.unit_id,
            unit_code=filing.unit_code, kind=demand.kind, due_on=demand.due_on, filed_on=filing.filed_on if is_filed else None,
            state=filing.state(demand.due_on) if is_filed else "missing", period=demand.period,
        ),
    )  # fmt: skip
