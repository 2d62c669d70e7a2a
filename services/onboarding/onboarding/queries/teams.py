"""Teams and who is listed in them."""

from sqlmodel import col, select

from chassis.clock import today
from chassis.database import ReadSession
from chassis.identity import Caller
from onboarding.errors import NoLongerListed
from onboarding.model.teams import TeamMember


async def require_listed(session: ReadSession, caller: Caller) -> None:
    """Refuses a volunteer whom teams have listed, and whom none lists today.

    Who was never listed here came through the gateway's own check (it hears `team.changed`).
    """
    listings = list(await session.exec(select(TeamMember).where(col(TeamMember.account) == caller.account)))
    if listings and not any(each.is_listed(today()) for each in listings):
        raise NoLongerListed()
