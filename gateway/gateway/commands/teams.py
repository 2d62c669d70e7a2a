"""The accounts that teams list, as onboarding publishes them."""

from sqlalchemy import text

from chassis.storage.database import Session
from contracts.onboarding import TeamChanged


async def store_team(session: Session, event: TeamChanged) -> None:
    """Stores the accounts that a team lists now; removed accounts stay, with `is_listed` false."""
    await session.execute(_UNLIST, {"team": event.team_id})
    await session.execute(
        _LIST,
        {
            "team": event.team_id,
            "unit": event.unit_id,
            "accounts": [member.account for member in event.members],
            "starts": [member.listed_from for member in event.members],
            "ends": [member.listed_to for member in event.members],
            "bodies": [member.body for member in event.members],
        },
    )


_UNLIST = text("UPDATE team_listing SET is_listed = false WHERE team_id = :team")
_LIST = text(
    "INSERT INTO team_listing (account, team_id, listed_from, listed_to, is_listed, body, unit_id)"
    " SELECT DISTINCT ON (account) account, :team, starts, ends, true, body, cast(:unit AS uuid)"
    " FROM unnest(cast(:accounts AS text[]),"
    " cast(:starts AS date[]), cast(:ends AS date[]), cast(:bodies AS text[])) AS member (account, starts, ends, body)"
    " ORDER BY account, ends DESC NULLS FIRST"
    " ON CONFLICT (account, team_id) DO UPDATE"
    " SET listed_from = excluded.listed_from, listed_to = excluded.listed_to, is_listed = true, body = excluded.body,"
    " unit_id = excluded.unit_id"
)
