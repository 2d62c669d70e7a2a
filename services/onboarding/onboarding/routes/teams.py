"""Teams of a campaign: who is listed for which body, and which bodies are missing."""

from uuid import UUID

from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.storage.database import ReadSession
from chassis.web.idempotency import personal_answer
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, transactional_router
from onboarding.commands.teams import change_member, change_team, dissolve_team, publish_team, set_up_team
from onboarding.model.campaigns import Campaign
from onboarding.model.teams import Team
from onboarding.queries.campaigns import load_campaign
from onboarding.queries.teams import load_member, load_team, members_of, page_of_teams
from onboarding.queries.territory import require_lead
from onboarding.routes.campaigns import Officer, unit_to_work_in
from onboarding.routes.listing import LISTED, WITH_REASON
from onboarding.schemas.teams import MemberPatch, TeamCreate, TeamPatch, TeamPut, TeamView

router = transactional_router(tags=["teams"], dependencies=LISTED)


@router.post("/v1/campaigns/{campaign_id}/teams", status_code=201, response_model=TeamView)
@personal_answer()
async def create_team(campaign_id: UUID, body: TeamCreate, session: Transaction, caller: Officer) -> JSONResponse:
    """Sets up a team in a unit; the answer names the bodies that the plan wants and that send no member."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_to_work_in(session, caller, campaign, body.unit_code)
    team = await set_up_team(session, campaign, unit, body.rows(), body.equipment)
    view = await view_of(session, campaign, team)
    content = view.model_dump(mode="json", by_alias=True)
    return JSONResponse(content, 201, {"Location": f"/v1/campaigns/{campaign.id}/teams/{team.id}"})


@router.get("/v1/campaigns/{campaign_id}/teams")
async def list_teams(campaign_id: UUID, session: Reading, page: PageQuery, caller: Officer) -> Listed[TeamView]:
    """Teams of the campaign in the caller's units, with the bodies that are missing."""
    campaign = await load_campaign(session, caller, campaign_id)
    teams, cursor = await page_of_teams(session, campaign.id, page)
    return Listed(items=[await view_of(session, campaign, each) for each in teams], next_cursor=cursor)


@router.get("/v1/campaigns/{campaign_id}/teams/{team_id}")
async def get_team(campaign_id: UUID, team_id: UUID, session: Transaction, caller: Officer) -> TeamView:
    """One team with its members."""
    campaign = await load_campaign(session, caller, campaign_id)
    return await view_of(session, campaign, await load_team(session, campaign.id, team_id))


@router.put("/v1/campaigns/{campaign_id}/teams/{team_id}")
async def update_team(
    campaign_id: UUID, team_id: UUID, body: TeamPut, session: Transaction, caller: Officer
) -> TeamView:
    """Replaces the members; those who are not on the list any more lose access."""
    campaign = await load_campaign(session, caller, campaign_id)
    team = await load_team(session, campaign.id, team_id)
    await require_lead(session, caller, team.unit_id)
    await change_team(session, team, body.rows(), body.equipment)
    return await view_of(session, campaign, team)


@router.patch("/v1/campaigns/{campaign_id}/teams/{team_id}")
async def correct_team(
    campaign_id: UUID, team_id: UUID, body: TeamPatch, session: Transaction, caller: Officer
) -> TeamView:
    """Corrects what is sent, members or equipment; the rest stays, and members who stay keep their ids."""
    campaign = await load_campaign(session, caller, campaign_id)
    team = await load_team(session, campaign.id, team_id)
    await require_lead(session, caller, team.unit_id)
    await change_team(session, team, body.rows(), body.equipment)
    return await view_of(session, campaign, team)


@router.delete("/v1/campaigns/{campaign_id}/teams/{team_id}", status_code=204, dependencies=WITH_REASON)
async def delete_team(campaign_id: UUID, team_id: UUID, session: Transaction, caller: Officer) -> None:
    """Dissolves a team; its members lose access."""
    campaign = await load_campaign(session, caller, campaign_id)
    team = await load_team(session, campaign.id, team_id)
    await require_lead(session, caller, team.unit_id)
    await dissolve_team(session, team)


@router.patch("/v1/campaigns/{campaign_id}/teams/{team_id}/members/{member_id}")
async def update_team_member(
    campaign_id: UUID, team_id: UUID, member_id: UUID, body: MemberPatch, session: Transaction, caller: Officer
) -> TeamView:
    """Changes one member, for instance the last day on which they are listed."""
    campaign = await load_campaign(session, caller, campaign_id)
    team = await load_team(session, campaign.id, team_id)
    await require_lead(session, caller, team.unit_id)
    await change_member(session, team, await load_member(session, team.id, member_id), body.changes())
    return await view_of(session, campaign, team)


@router.delete("/v1/campaigns/{campaign_id}/teams/{team_id}/members/{member_id}", dependencies=WITH_REASON)
async def delete_team_member(
    campaign_id: UUID, team_id: UUID, member_id: UUID, session: Transaction, caller: Officer
) -> TeamView:
    """Takes a member off the list at once."""
    campaign = await load_campaign(session, caller, campaign_id)
    team = await load_team(session, campaign.id, team_id)
    await require_lead(session, caller, team.unit_id)
    await session.delete(await load_member(session, team.id, member_id))
    await session.flush()
    await publish_team(session, team)
    return await view_of(session, campaign, team)


async def view_of(session: ReadSession, campaign: Campaign, team: Team) -> TeamView:
    return TeamView.of(team, await members_of(session, team.id), campaign.team_bodies, today())
