"""Teams: who is listed for which body. A member who leaves loses access at once here, and within a minute elsewhere."""

from typing import Any

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts import onboarding as events
from onboarding.model.campaigns import Campaign
from onboarding.model.teams import Team, TeamMember
from onboarding.queries.teams import members_of


async def set_up_team(
    session: Session,
    campaign: Campaign,
    unit: KnownUnit,
    members: list[dict[str, Any]],
    equipment: list[dict[str, Any]],
) -> Team:
    """A team of a campaign in a unit, with its members."""
    team = Team(campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code, equipment=equipment, created_at=now())
    session.add(team)
    await session.flush()
    await replace_members(session, team, members)
    return team


async def replace_members(session: Session, team: Team, members: list[dict[str, Any]]) -> None:
    """Replaces the list of members; members who are not on it are no longer listed."""
    for gone in await session.exec(select(TeamMember).where(col(TeamMember.team_id) == team.id)):
        await session.delete(gone)
    await session.flush()
    session.add_all(TeamMember(team_id=team.id, **each) for each in members)
    team.version += 1
    session.add(team)
    await session.flush()
    await publish_team(session, team)


async def change_member(session: Session, team: Team, member: TeamMember, changes: dict[str, Any]) -> None:
    """Changes one member, for instance the day on which they leave."""
    for name, value in changes.items():
        setattr(member, name, value)
    session.add(member)
    await session.flush()
    await publish_team(session, team)


async def publish_team(session: Session, team: Team) -> None:
    """Publishes who is listed; the gateway admits volunteers by it."""
    members = await members_of(session, team.id)
    publish(
        session,
        events.TeamChanged(
            campaign_id=team.campaign_id, team_id=team.id, unit_id=team.unit_id, unit_code=team.unit_code, at=now(),
            members=[
                events.TeamMember(
                    account=each.account, body=each.body, listed_from=each.listed_from, listed_to=each.listed_to
                )
                for each in members
                if each.account
            ],
        ),
    )  # fmt: skip
