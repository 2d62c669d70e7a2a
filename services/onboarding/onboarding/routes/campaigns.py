"""Campaigns: drawing up, reading, carrying on; their tasks and filings."""

from typing import Annotated
from uuid import UUID

import anyio.to_thread
from fastapi import File, Query, Response, UploadFile
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import FieldError, Forbidden, TooLarge
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    require_match,
    transactional_router,
)
from onboarding.commands import removals
from onboarding.commands.campaigns import (
    add_task,
    change_campaign,
    change_demand,
    change_filing,
    change_step,
    change_task,
    delete_task,
    demand_filing,
    draw_up_campaign,
    record_filing,
)
from onboarding.errors import CampaignCancelled, PlanUnreadable
from onboarding.model.campaigns import Campaign, FilingDemand
from onboarding.model.drafts import draft_of_plan
from onboarding.model.plans import CampaignPlan, PlanInvalid, read_plan
from onboarding.queries.campaigns import (
    TaskFilter,
    find_campaign_of_plan,
    find_demand,
    list_steps,
    load_campaign,
    load_filing,
    load_step,
    load_task,
    owed_filings,
    page_of_campaigns,
    page_of_tasks,
)
from onboarding.queries.territory import leads, require_lead, unit_as_of
from onboarding.routes.listing import LISTED, WITH_REASON
from onboarding.schemas.campaigns import (
    CampaignCreate,
    CampaignPatch,
    CampaignStepView,
    CampaignView,
    FilingCreate,
    FilingPatch,
    FilingView,
    StepPatch,
    TaskCreate,
    TaskPatch,
    TaskView,
)

router = transactional_router(tags=["campaigns"], dependencies=LISTED)

PLAN_BYTES = 128 * 1024
Readers = Annotated[Caller, allow("officer", "volunteer", "auditor", "operator", "service")]
Officer = Annotated[Caller, allow("officer")]


@router.post("/v1/campaigns", status_code=201, response_model=CampaignView)
async def create_campaign(body: CampaignCreate, session: Transaction, caller: Officer) -> JSONResponse:
    """Draws up a campaign from a template; its unit is meant as of its start."""
    campaign = await draw_up_campaign(session, caller, body.draft())
    return created(await view_of(session, campaign), f"/v1/campaigns/{campaign.id}", version=campaign.version)


@router.post("/v1/campaign-plans", status_code=201, response_model=CampaignView)
async def import_campaign_plan(
    session: Transaction, caller: Officer, file: Annotated[UploadFile, File(description="A plan's YAML file")]
) -> JSONResponse:
    """Draws up the campaign of a plan's file with all it asks for; the same file is one campaign."""
    text = await _text_of(file)
    draft = draft_of_plan(await anyio.to_thread.run_sync(_plan_in, text), text)
    known = await find_campaign_of_plan(session, draft.digest or "")
    if known:
        await require_lead(session, caller, known.unit_id)
        return JSONResponse((await view_of(session, known)).model_dump(mode="json"))
    campaign = await draw_up_campaign(session, caller, draft)
    return created(await view_of(session, campaign), f"/v1/campaigns/{campaign.id}", version=campaign.version)


@router.get("/v1/campaigns")
async def list_campaigns(session: Reading, page: PageQuery, caller: Readers) -> Listed[CampaignView]:
    """Campaigns of the caller's units, also of those that they succeeded, oldest first."""
    campaigns, cursor = await page_of_campaigns(session, caller, page)
    return Listed(items=[await view_of(session, each) for each in campaigns], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}")
async def get_campaign(campaign_id: UUID, response: Response, session: Reading, caller: Readers) -> CampaignView:
    """A campaign with its steps, plan, targets and evaluation."""
    campaign = await load_campaign(session, caller, campaign_id)
    response.headers["ETag"] = etag(campaign.version)
    return await view_of(session, campaign)


@router.patch("/v1/campaigns/{campaign_id}")
async def update_campaign(
    campaign_id: UUID, body: CampaignPatch, response: Response, session: Transaction, caller: Officer,
    if_match: IfMatch = None,
) -> CampaignView:  # fmt: skip
    """Changes title, dates, plan, targets or evaluation; `cancelled` ends a campaign that binds no unit any more."""
    campaign = await campaign_to_lead(session, caller, campaign_id)
    require_match(if_match, campaign.version)
    await change_campaign(session, campaign, body.changes())
    response.headers["ETag"] = etag(campaign.version)
    return await view_of(session, campaign)


@router.patch("/v1/campaigns/{campaign_id}/steps/{number}")
async def update_campaign_step(
    campaign_id: UUID, number: int, body: StepPatch, session: Transaction, caller: Officer
) -> CampaignStepView:
    """Records the progress of a step."""
    campaign = await campaign_to_lead(session, caller, campaign_id)
    step = await load_step(session, campaign.id, number)
    await change_step(session, campaign, step, body.changes())
    return CampaignStepView.of(step)


@router.delete("/v1/campaigns/{campaign_id}", status_code=204, dependencies=WITH_REASON)
async def delete_campaign(campaign_id: UUID, session: Transaction, caller: Officer) -> None:
    """Deletes a campaign that was drawn up by mistake, while nothing hangs on it; later it is cancelled."""
    await removals.delete_campaign(session, await campaign_to_lead(session, caller, campaign_id))


@router.delete("/v1/campaigns/{campaign_id}/steps/{number}", status_code=204, dependencies=WITH_REASON)
async def delete_campaign_step(campaign_id: UUID, number: int, session: Transaction, caller: Officer) -> None:
    """Deletes a step of a custom campaign that has not begun and has no task."""
    campaign = await campaign_to_lead(session, caller, campaign_id)
    await removals.delete_step(session, campaign, await load_step(session, campaign.id, number))


@router.post("/v1/campaigns/{campaign_id}/tasks", status_code=201)
async def create_campaign_task(campaign_id: UUID, body: TaskCreate, session: Transaction, caller: Officer) -> TaskView:
    """Gives a body a task with its last day and reminders."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    return TaskView.of(add_task(session, campaign, unit, body.draft()))


@router.get("/v1/campaigns/{campaign_id}/tasks")
async def list_campaign_tasks(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers, overdue: bool | None = None,
    body: Annotated[str | None, Query(max_length=64)] = None,
    status: Annotated[str | None, Query(pattern="^(open|in_progress|done|completed|cancelled)$")] = None,
) -> Listed[TaskView]:  # fmt: skip
    """Tasks of the campaign; `overdue=true` those whose last day has passed."""
    campaign = await load_campaign(session, caller, campaign_id)
    tasks, cursor = await page_of_tasks(session, campaign.id, TaskFilter(overdue, body, status), page)
    return Listed(items=[TaskView.of(each) for each in tasks], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/tasks/{task_id}")
async def get_campaign_task(campaign_id: UUID, task_id: UUID, session: Transaction, caller: Readers) -> TaskView:
    """One task."""
    campaign = await load_campaign(session, caller, campaign_id)
    return TaskView.of(await load_task(session, campaign.id, task_id))


@router.patch("/v1/campaigns/{campaign_id}/tasks/{task_id}")
async def update_campaign_task(
    campaign_id: UUID, task_id: UUID, body: TaskPatch, session: Transaction,
    caller: Annotated[Caller, allow("officer", "volunteer")],
) -> TaskView:  # fmt: skip
    """Changes a task: officers who lead its unit; its owner records progress."""
    campaign = await load_campaign(session, caller, campaign_id)
    task = await load_task(session, campaign.id, task_id)
    is_leader = caller.role == "officer" and await leads(session, caller, task.unit_id)
    if not is_leader and (task.owner != caller.account or not body.is_progress()):
        raise Forbidden()
    change_task(session, campaign, task, body.changes())
    return TaskView.of(task)


@router.delete("/v1/campaigns/{campaign_id}/tasks/{task_id}", status_code=204, dependencies=WITH_REASON)
async def delete_campaign_task(campaign_id: UUID, task_id: UUID, session: Transaction, caller: Officer) -> None:
    """Deletes a task on which nothing hangs."""
    campaign = await load_campaign(session, caller, campaign_id)
    task = await load_task(session, campaign.id, task_id)
    await require_lead(session, caller, task.unit_id)
    await delete_task(session, campaign, task)


@router.post("/v1/campaigns/{campaign_id}/filings", status_code=201)
async def create_filing(campaign_id: UUID, body: FilingCreate, session: Transaction, caller: Officer) -> FilingView:
    """Demands a filing of the units (by officers who lead the campaign), or hands one in (by officers who lead the unit)."""
    campaign = await load_campaign(session, caller, campaign_id)
    own = await session.get_one(KnownUnit, campaign.unit_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    draft = body.demand(of_children=unit.id != own.id or own.level in ("province", "district"))
    if await find_demand(session, campaign, draft) is None:
        # A demand binds every unit of the campaign.
        await require_lead(session, caller, campaign.unit_id)
    demand = await demand_filing(session, campaign, draft)
    await session.flush()
    if body.filed_on:
        await record_filing(session, caller, demand, unit, body.filed_on, body.document_id)
    owed = [each for each in await owed_filings(session, campaign) if each.demand.id == demand.id]
    return FilingView.of(next((each for each in owed if each.unit.id == unit.id), owed[0]))


@router.patch("/v1/campaigns/{campaign_id}/filings/{filing_id}")
async def update_filing(
    campaign_id: UUID, filing_id: UUID, body: FilingPatch, session: Transaction, caller: Officer
) -> FilingView:
    """Corrects a filing: its day and document by officers who lead the unit, the last day by those who lead the campaign."""
    campaign = await load_campaign(session, caller, campaign_id)
    filing = await load_filing(session, campaign.id, filing_id)
    demand, unit_id = await session.get_one(FilingDemand, filing.demand_id), filing.unit_id
    await require_lead(session, caller, unit_id)
    if changes := body.of_campaign():
        await require_lead(session, caller, campaign.unit_id)
        await change_demand(session, campaign, demand, changes)
    if changes := body.of_unit():
        await change_filing(session, caller, filing, changes)
    await session.flush()
    owed = [each for each in await owed_filings(session, campaign) if each.demand.id == demand.id]
    return FilingView.of(next(each for each in owed if each.unit.id == unit_id))


@router.get("/v1/campaigns/{campaign_id}/filings")
async def list_filings(campaign_id: UUID, session: Reading, caller: Readers) -> Listed[FilingView]:
    """Each unit that owes a filing, with its state."""
    campaign = await load_campaign(session, caller, campaign_id)
    return Listed(items=[FilingView.of(each) for each in await owed_filings(session, campaign)])


async def view_of(session: ReadSession, campaign: Campaign) -> CampaignView:
    unit = await session.get_one(KnownUnit, campaign.unit_id)
    return CampaignView.of(campaign, unit.name, await list_steps(session, campaign.id))


async def campaign_to_lead(session: Transaction, caller: Caller, campaign_id: UUID) -> Campaign:
    """The campaign, locked, for officers who lead its unit; 403 for those who may only read it."""
    campaign = await load_campaign(session, caller, campaign_id)
    await require_lead(session, caller, campaign.unit_id)
    await session.refresh(campaign, with_for_update=True)
    return campaign


async def unit_to_work_in(session: Transaction, caller: Caller, campaign: Campaign, unit_code: str | None) -> KnownUnit:
    """The unit that a body names, as of the campaign's start, led by the caller.

    None named: the campaign's unit, or (for callers who do not lead that one) the caller's.
    """
    if campaign.status == "cancelled":
        raise CampaignCancelled()
    code = unit_code or (None if await leads(session, caller, campaign.unit_id) else caller.unit_code)
    if code is None:
        return await session.get_one(KnownUnit, campaign.unit_id)
    unit = await unit_as_of(session, code, campaign.resolved_on or today())
    await require_lead(session, caller, unit.id)
    return unit


async def _text_of(file: UploadFile) -> str:
    content = await file.read(PLAN_BYTES + 1)
    if len(content) > PLAN_BYTES:
        raise TooLarge()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanUnreadable(errors=[FieldError("/file", "not-utf-8", "Tệp phải là UTF-8.", "Not UTF-8.")]) from error


def _plan_in(text: str) -> CampaignPlan:
    try:
        return read_plan(text)
    except PlanInvalid as invalid:
        raise PlanUnreadable(
            errors=[FieldError(f"/{each.where}", "plan", each.vi, each.en) for each in invalid.errors]
        ) from invalid
