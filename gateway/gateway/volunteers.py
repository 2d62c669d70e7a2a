"""Volunteers are let in while a team lists them; asked anew whenever a credential's admission is made anew (30 s)."""

from sqlalchemy import text

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import Database
from gateway.errors import NoLongerListed

_STRUCK_OFF = text(
    "SELECT count(*) > 0 AND NOT coalesce(bool_or(is_listed AND coalesce(listed_from, :day) <= :day"
    " AND coalesce(listed_to, :day) >= :day), false) FROM team_listing WHERE account = :account"
)


class Volunteers:
    """The lists of the teams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, caller: Caller) -> None:
        """Refuses an account that teams listed and none lists today; one that no team ever named is its provider's word."""
        if caller.role != "volunteer":
            return
        async with self._database.reading() as session:
            found = await session.execute(_STRUCK_OFF, {"account": caller.account, "day": today()})
            if found.scalar_one():
                raise NoLongerListed
