"""Teams and who is listed in them."""

from uuid import UUID

from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from onboarding.errors import NoLongerListed
from onboarding.model.teams import Team, TeamMember


async def require_listed(session: ReadSession, caller: Caller) -> None:
    """Refuses a volunteer whom teams have listed, and whom none lists today.

    An account that was never listed here was admitted by the gateway, which subscribes to `team.changed`.
    """
    listings = list(await session.exec(select(TeamMember).where(col(TeamMember.account) == caller.account)))
    if listings and not any(each.is_listed(today()) for each in listings):
        raise NoLongerListed()


async def members_of(session: ReadSession, team_id: UUID) -> list[TeamMember]:
    query = select(TeamMember).where(col(TeamMember.team_id) == team_id).order_by(col(TeamMember.id))
    return list(await session.exec(query))


async def page_of_teams(session: ReadSession, campaign_id: UUID, page: Page) -> tuple[list[Team], str | None]:
    return await page_by_id(session, select(Team).where(col(Team.campaign_id) == campaign_id), Team.id, page)


async def load_team(session: ReadSession, campaign_id: UUID, team_id: UUID) -> Team:
    team = await session.get(Team, team_id, with_for_update=True)
    if team is None or team.campaign_id != campaign_id:
        raise NotFound()
    return team


async def load_member(session: ReadSession, team_id: UUID, member_id: UUID) -> TeamMember:
    member = await session.get(TeamMember, member_id, with_for_update=True)
    if member is None or member.team_id != team_id:
        raise NotFound()
    return member
