"""The accounts that teams list, as onboarding tells them."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.onboarding import TeamChanged


async def keep_team(session: Session, fact: TeamChanged) -> None:
    """Keeps whom a team lists now; who is no longer named stays known as struck off."""
    await session.execute(_STRIKE_OFF, {"team": fact.team_id})
    await session.execute(
        _LIST,
        {
            "team": fact.team_id,
            "accounts": [member.account for member in fact.members],
            "starts": [member.listed_from for member in fact.members],
            "ends": [member.listed_to for member in fact.members],
        },
    )


_STRIKE_OFF = text("UPDATE team_listing SET is_listed = false WHERE team_id = :team")
_LIST = text(
    "INSERT INTO team_listing (account, team_id, listed_from, listed_to, is_listed)"
    " SELECT DISTINCT ON (account) account, :team, starts, ends, true FROM unnest(cast(:accounts AS text[]),"
    " cast(:starts AS date[]), cast(:ends AS date[])) AS member (account, starts, ends)"
    " ORDER BY account, ends DESC NULLS FIRST"
    " ON CONFLICT (account, team_id) DO UPDATE"
    " SET listed_from = excluded.listed_from, listed_to = excluded.listed_to, is_listed = true"
)
