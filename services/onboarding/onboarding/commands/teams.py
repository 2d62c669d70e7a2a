"""Teams: who is listed for which body. A member who leaves loses access at once here, and within a minute elsewhere."""

from typing import Any

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import require_order
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts import onboarding as events
from onboarding.errors import TeamExists
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
    """A team of a campaign in a unit, with its members; a village has one, a commune may have several."""
    if unit.level == "village":
        await _refuse_second_team(session, campaign, unit)
    team = Team(campaign_id=campaign.id, unit_id=unit.id, unit_code=unit.code, equipment=equipment, created_at=now())
    session.add(team)
    await session.flush()
    await replace_members(session, team, members)
    return team


async def _refuse_second_team(session: Session, campaign: Campaign, unit: KnownUnit) -> None:
    query = select(Team.id).where(col(Team.campaign_id) == campaign.id, col(Team.unit_id) == unit.id).limit(1)
    if known := (await session.exec(query)).first():
        raise TeamExists(members={"id": str(known)})


async def change_team(
    session: Session, team: Team, members: list[dict[str, Any]] | None, equipment: list[dict[str, Any]] | None
) -> None:
    """Replaces the equipment or the members of a team; None leaves them."""
    if equipment is not None:
        team.equipment = equipment
        session.add(team)
    if members is not None:
        await replace_members(session, team, members)


async def replace_members(session: Session, team: Team, members: list[dict[str, Any]]) -> None:
    """Replaces the list of members; members who are not on it are no longer listed.

    A member who stays keeps its id, by which attendance counts it: the same account, or without one the same body.
    """
    known = list(await session.exec(select(TeamMember).where(col(TeamMember.team_id) == team.id)))
    for each in members:
        member = _take_matching(known, each) or TeamMember(team_id=team.id, body=each["body"])
        for name, value in each.items():
            setattr(member, name, value)
        session.add(member)
    for gone in known:
        await session.delete(gone)
    team.version += 1
    session.add(team)
    await session.flush()
    await publish_team(session, team)


def _take_matching(known: list[TeamMember], sent: dict[str, Any]) -> TeamMember | None:
    """The first known member of the same account (or, without one, of the same body), taken out of the list."""
    for each in known:
        if each.account == sent["account"] and (each.account or each.body == sent["body"]):
            known.remove(each)
            return each
    return None


async def dissolve_team(session: Session, team: Team) -> None:
    """Deletes a team; its members are no longer listed."""
    for each in await session.exec(select(TeamMember).where(col(TeamMember.team_id) == team.id)):
        await session.delete(each)
    await publish_team(session, team, is_dissolved=True)
    await session.delete(team)


async def change_member(session: Session, team: Team, member: TeamMember, changes: dict[str, Any]) -> None:
    """Changes one member, for instance the day on which they leave."""
    for name, value in changes.items():
        setattr(member, name, value)
    require_order(member.listed_from, member.listed_to, "/to")
    session.add(member)
    await session.flush()
    await publish_team(session, team)


async def publish_team(session: Session, team: Team, *, is_dissolved: bool = False) -> None:
    """Publishes who is listed; the gateway admits volunteers by it."""
    members = [] if is_dissolved else await members_of(session, team.id)
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
