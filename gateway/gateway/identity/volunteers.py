"""Volunteers are admitted while a team lists them; checked whenever their admission is renewed (30 s)."""

from sqlalchemy import text

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import Database
from gateway.errors import VolunteerNotListed

_STRUCK_OFF = text(
    "SELECT count(*) > 0 AND NOT coalesce(bool_or(is_listed AND coalesce(listed_from, :day) <= :day"
    " AND coalesce(listed_to, :day) >= :day), false) FROM team_listing WHERE account = :account"
)


class Volunteers:
    """The lists of the teams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, caller: Caller) -> None:
        """Refuses an account that teams listed and none lists today; for others the identity provider decides."""
        if caller.role != "volunteer":
            return
        async with self._database.reading() as session:
            found = await session.execute(_STRUCK_OFF, {"account": caller.account, "day": today()})
            if found.scalar_one():
                raise VolunteerNotListed
