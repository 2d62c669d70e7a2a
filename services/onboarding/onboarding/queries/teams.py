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
from onboarding.queries.territory import is_within


async def require_listed(session: ReadSession, caller: Caller) -> frozenset[str]:
    """Refuses a volunteer whom teams have listed, and whom none lists today; the bodies for which teams list them.

    Only teams of the volunteer's unit or of a unit above it count: no other unit's team admits or excludes a person here.
    An account that no such team ever listed was admitted by the gateway, which subscribes to `team.changed`.
    """
    query = (
        select(TeamMember, Team.unit_id)
        .join(Team, col(Team.id) == col(TeamMember.team_id))
        .where(col(TeamMember.account) == caller.account)
    )
    rows = list(await session.exec(query))
    counting = {unit for _, unit in rows if await is_within(session, caller, unit)}
    listings = [member for member, unit in rows if unit in counting]
    listed = [each for each in listings if each.is_listed(today())]
    if listings and not listed:
        raise NoLongerListed()
    return frozenset(each.body for each in listed)


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
