"""Whether this service has the units yet: on the first start of a platform they arrive some seconds after the processes."""

import asyncio
import time
from typing import Literal

from sqlalchemy import text

from chassis.storage.database import Database

SECONDS_TO_ARRIVE = 60.0
"""How long a process that started without units is not ready. Then it is `degraded`: without a registry no units come, and
what needs none (webhooks) goes on."""

UnitsState = Literal["up", "awaited", "missing"]


class UnitsCopy:
    """The state of `known_unit` in the database of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until = time.monotonic() + SECONDS_TO_ARRIVE
        self._is_filled = False

    async def state(self) -> UnitsState:
        """`up` when there are units (never asked again), else `awaited` and, after a minute, `missing`."""
        self._is_filled = self._is_filled or await self._has_units()
        if self._is_filled:
            return "up"
        return "awaited" if time.monotonic() < self._until else "missing"

    async def _has_units(self) -> bool:
        try:
            async with asyncio.timeout(2), self._database.reading() as session:
                return bool((await session.execute(text("SELECT EXISTS (SELECT FROM known_unit)"))).scalar_one())
        except Exception:  # the state of the database is told beside
            return False
