"""Campaigns and what belongs to them, as far as the caller's territory reaches."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Page, page_by_id
from onboarding.model.campaigns import Campaign, CampaignStep, Filing, FilingDemand, Task
from onboarding.model.deadlines import FilingState
from onboarding.model.drafts import DemandDraft
from onboarding.queries.territory import find_territory, list_children, may_read


async def load_campaign(session: ReadSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """The campaign, when the caller's territory has a part in it; 404 otherwise."""
    campaign = await session.get(Campaign, campaign_id)
    if campaign is None or not await may_read(session, caller, campaign.unit_id):
        raise NotFound()
    return campaign


async def find_campaign_of_plan(session: ReadSession, digest: str) -> Campaign | None:
    """The campaign that was drawn up from the plan file with this digest."""
    return (await session.exec(select(Campaign).where(col(Campaign.plan_digest) == digest))).first()


async def page_of_campaigns(session: ReadSession, caller: Caller, page: Page) -> tuple[list[Campaign], str | None]:
    query = select(Campaign)
    territory = await find_territory(session, caller)
    if territory is not None:
        query = query.where(col(Campaign.unit_id).in_(territory))
    return await page_by_id(session, query, Campaign.id, page)


async def list_steps(session: ReadSession, campaign_id: UUID) -> list[CampaignStep]:
    query = select(CampaignStep).where(col(CampaignStep.campaign_id) == campaign_id)
    return list(await session.exec(query.order_by(col(CampaignStep.number))))


async def load_step(session: ReadSession, campaign_id: UUID, number: int) -> CampaignStep:
    step = await session.get(CampaignStep, (campaign_id, number), with_for_update=True)
    if step is None:
        raise NotFound()
    return step


@dataclass(frozen=True)
class TaskFilter:
    overdue: bool | None = None
    body: str | None = None
    status: str | None = None


async def page_of_tasks(
    session: ReadSession, campaign_id: UUID, wanted: TaskFilter, page: Page
) -> tuple[list[Task], str | None]:
    query = select(Task).where(col(Task.campaign_id) == campaign_id)
    late = (col(Task.due_on) < today()) & col(Task.done_on).is_(None) & (col(Task.status) != "cancelled")
    if wanted.overdue is not None:
        query = query.where(late if wanted.overdue else ~late | col(Task.due_on).is_(None))
    if wanted.body:
        query = query.where(col(Task.body) == wanted.body)
    if wanted.status:
        query = query.where(col(Task.status) == wanted.status)
    return await page_by_id(session, query, Task.id, page)


async def load_task(session: ReadSession, campaign_id: UUID, task_id: UUID) -> Task:
    task = await session.get(Task, task_id, with_for_update=True)
    if task is None or task.campaign_id != campaign_id:
        raise NotFound()
    return task


@dataclass(frozen=True)
class OwedFiling:
    """What one unit owes for one demand, and how it stands."""

    demand: FilingDemand
    unit: KnownUnit
    filing: Filing | None
    state: FilingState


async def find_demand(session: ReadSession, campaign: Campaign, draft: DemandDraft) -> FilingDemand | None:
    """What is already demanded of this kind for this period."""
    query = select(FilingDemand).where(
        col(FilingDemand.campaign_id) == campaign.id,
        col(FilingDemand.kind) == draft.kind,
        col(FilingDemand.period).is_not_distinct_from(draft.period),
    )
    return (await session.exec(query)).first()


async def load_filing(session: ReadSession, campaign_id: UUID, filing_id: UUID) -> Filing:
    filing = await session.get(Filing, filing_id, with_for_update=True)
    if filing is None or filing.campaign_id != campaign_id:
        raise NotFound()
    return filing


async def owed_filings(session: ReadSession, campaign: Campaign) -> list[OwedFiling]:
    """Each demand with each unit that owes it: the campaign's own unit, or all communes below it as of its start."""
    demands = await session.exec(
        select(FilingDemand).where(col(FilingDemand.campaign_id) == campaign.id).order_by(col(FilingDemand.due_on))
    )
    filed = await session.exec(select(Filing).where(col(Filing.campaign_id) == campaign.id))
    by_place = {(each.demand_id, each.unit_id): each for each in filed}
    own = await session.get_one(KnownUnit, campaign.unit_id)
    children = await list_children(session, own, campaign.resolved_on)
    return [
        _owed(demand, unit, by_place.get((demand.id, unit.id)))
        for demand in demands
        for unit in (children if demand.of_children else [own])
    ]


def _owed(demand: FilingDemand, unit: KnownUnit, filing: Filing | None) -> OwedFiling:
    return OwedFiling(demand, unit, filing, filing.state(demand.due_on) if filing else "missing")
