"""Volunteers are admitted while a team lists them; checked whenever their admission is renewed (30 s)."""

from dataclasses import replace

from sqlalchemy import text

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import Database
from gateway.errors import VolunteerNotListed
from gateway.identity.school import SCHOOL

IS_CURRENT = "coalesce({row}.valid_from, :day) <= :day AND coalesce({row}.valid_to, :day) >= :day"
_LISTINGS = text(
    "SELECT body, is_listed AND coalesce(listed_from, :day) <= :day AND coalesce(listed_to, :day) >= :day AS is_current"
    " FROM team_listing WHERE account = :account AND NOT EXISTS ("
    "SELECT FROM known_lineage AS top WHERE top.unit_id = team_listing.unit_id"
    f" AND {IS_CURRENT.format(row='top')} AND NOT EXISTS ("
    "SELECT FROM known_unit AS unit JOIN known_lineage AS own ON own.unit_id = unit.id WHERE unit.code = :unit_code"
    f" AND {IS_CURRENT.format(row='own')} AND (own.path = top.path OR starts_with(own.path, top.path || '/'))))"
    " ORDER BY body"
)
"""A team decides about a volunteer of its unit or of a unit below; a team whose unit is known to be elsewhere does not."""


class Volunteers:
    """The lists of the teams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, caller: Caller) -> Caller:
        """The caller with the body of its team; a pupil in any team counts as `school`.

        Raises VolunteerNotListed for an account that teams listed and none lists today; others have no body.
        """
        if caller.role != "volunteer":
            return caller
        async with self._database.reading() as session:
            listed = {"account": caller.account, "unit_code": caller.unit_code, "day": today()}
            rows = (await session.execute(_LISTINGS, listed)).all()
        current = [row.body for row in rows if row.is_current]
        if rows and not current:
            raise VolunteerNotListed
        bodies = [body for body in current if body]
        return replace(caller, body=SCHOOL if SCHOOL in bodies else next(iter(bodies), caller.body))
