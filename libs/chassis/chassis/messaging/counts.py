"""A service's own counts (`counts.taken`), which reporting compares with its projections.

A service declares `Service.take_counts`, one read of its own tables. The counts are published when they have changed, and on
demand by an internal operation.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Annotated

from fastapi import Request

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Database, ReadSession
from chassis.storage.outbox import publish
from chassis.web.routing import Transaction, allow, transactional_router
from contracts.counts import Count, CountsTaken

IDLE_FOR_EACH_SECOND = 200
"""Counting takes at most half a percent of the time: after a count of one second the next one is minutes away."""
LEAST_PAUSE_SECONDS = 5.0

TakeCounts = Callable[[ReadSession], Awaitable[list[Count]]]


class CountPublisher:
    """Counts when enough time has passed, and publishes what differs from the last counts of this process."""

    def __init__(self, service: str, take_counts: TakeCounts) -> None:
        self._service, self._take_counts = service, take_counts
        self._next_at = 0.0
        self._last: list[Count] | None = None

    async def publish_changes(self, database: Database) -> None:
        """One round of the scheduled job."""
        started = monotonic()
        if started < self._next_at:
            return
        async with database.transaction() as session:
            counts = await self._take_counts(session)
            if counts != self._last:
                publish(session, CountsTaken(service=self._service, at=now(), counts=counts))
        self._last = counts
        self._next_at = monotonic() + max(LEAST_PAUSE_SECONDS, IDLE_FOR_EACH_SECOND * (monotonic() - started))


router = transactional_router(include_in_schema=False)


@router.post("/internal/counts", status_code=202)
async def publish_counts(
    request: Request, session: Transaction, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, str]:
    """Publishes this service's counts now, changed or not."""
    service = request.app.state.runtime.service
    publish(session, CountsTaken(service=service.name, at=now(), counts=await service.take_counts(session)))
    return {"status": "accepted"}
