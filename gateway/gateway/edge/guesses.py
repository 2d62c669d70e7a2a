"""Wrong guesses of one address, counted in the database: the limit holds over all gateways together, also after a restart."""

import math
from contextlib import suppress
from functools import partial

import asyncpg

from chassis.errors import Unavailable
from chassis.security.encryption import blind_index
from chassis.storage.database import Database
from gateway.edge.client_address import address_group
from gateway.edge.rate_limits import Policy, Verdict, check_quota
from gateway.edge.responses import ResponseWriter

WRONG_GUESS = frozenset({400, 401, 404})
"""Statuses of a wrong secret; OAuth responds 400 to a wrong password."""
DATABASE_FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Guesses:
    """One bucket for each address (of IPv6: /64 network) and path, under one policy. The database's clock fills them."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    async def count(self, address: str, path: str, send: ResponseWriter) -> None:
        """Counts the guess before it is forwarded, so that parallel guesses are counted too; a right one is given back.

        TooManyRequests over the quota; Unavailable while the database does not answer, since nothing would count then.
        """
        guesser = blind_index("guesser", f"{address_group(address)}|{path}")
        try:
            verdict = await self._take(guesser)
        except DATABASE_FAULTS as fault:
            raise Unavailable from fault
        check_quota(verdict)
        send.on_status = partial(self._give_back, guesser)

    async def _take(self, guesser: bytes) -> Verdict:
        quota, rate = float(self._policy.quota), self._policy.quota / self._policy.window
        taken = await self._database.fetch(_TAKE, guesser, quota, rate)
        if taken:
            return Verdict(True, self._policy, int(taken[0]["remaining"]), 0)
        rows = await self._database.fetch(_FILLED_NOW, guesser, quota, rate)
        level = float(rows[0]["remaining"]) if rows else quota
        return Verdict(False, self._policy, 0, max(1, math.ceil((1 - level) / rate)))

    async def _give_back(self, guesser: bytes, status: int) -> None:
        if status not in WRONG_GUESS:
            with suppress(*DATABASE_FAULTS):  # then a right guess counts as a wrong one
                await self._database.fetch(_GIVE_BACK, guesser, float(self._policy.quota))


_LEVEL = "least($2::float8, guess.remaining + extract(epoch FROM clock_timestamp() - guess.at)::float8 * $3::float8)"
_TAKE = f"""
INSERT INTO guess (guesser, remaining, at) VALUES ($1, $2::float8 - 1, clock_timestamp())
ON CONFLICT (guesser) DO UPDATE SET remaining = {_LEVEL} - 1, at = clock_timestamp() WHERE {_LEVEL} >= 1
RETURNING remaining
"""
_FILLED_NOW = f"SELECT {_LEVEL} AS remaining FROM guess WHERE guesser = $1"
_GIVE_BACK = "UPDATE guess SET remaining = least($2::float8, remaining + 1) WHERE guesser = $1"
