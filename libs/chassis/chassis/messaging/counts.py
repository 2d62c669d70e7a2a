"""A service's own counts (`counts.taken`), which reporting compares with its projections.

A service declares `Service.take_counts`, one read of its own tables. The counts are published when they have changed, and on
demand by an internal operation.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Annotated

from fastapi import Request
from sqlalchemy import Date, bindparam, text

from chassis.clock import now, today
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
            counts = await counts_of_today(session, await self._take_counts(session))
            if counts != self._last:
                publish(session, CountsTaken(service=self._service, at=now(), counts=counts))
        self._last = counts
        self._next_at = monotonic() + max(LEAST_PAUSE_SECONDS, IDLE_FOR_EACH_SECOND * (monotonic() - started))


async def counts_of_today(session: ReadSession, counts: list[Count]) -> list[Count]:
    """The counts by the units of today: those of a unit that ended are its successor's, as in the reports."""
    codes = sorted({each.unit_code for each in counts})
    homes = dict(iter(await session.execute(_HOMES, {"codes": codes, "day": today()})))
    sums: dict[tuple[str, str], int] = {}
    for each in counts:
        key = homes.get(each.unit_code, each.unit_code), each.indicator
        sums[key] = sums.get(key, 0) + each.count
    return [Count(unit_code=code, indicator=indicator, count=count) for (code, indicator), count in sums.items()]


_HOMES = text(
    # Of each code that no unit bears today: the nearest unit of today on the path of its last bearer.
    """
    SELECT ended.code, above.code FROM unnest(cast(:codes AS text[])) AS ended(code)
    CROSS JOIN LATERAL (
        SELECT string_to_array(place.path, '/') AS codes
        FROM known_unit AS unit JOIN known_lineage AS place ON place.unit_id = unit.id
        WHERE unit.code = ended.code
        ORDER BY unit.valid_to DESC, place.valid_from DESC NULLS LAST LIMIT 1
    ) AS last
    CROSS JOIN LATERAL (
        SELECT today.code FROM unnest(last.codes) WITH ORDINALITY AS step(code, number) JOIN known_unit AS today
            ON today.code = step.code AND coalesce(today.valid_from, :day) <= :day AND coalesce(today.valid_to, :day) >= :day
        ORDER BY step.number DESC LIMIT 1
    ) AS above
    WHERE NOT EXISTS (
        SELECT FROM known_unit AS bearer WHERE bearer.code = ended.code
            AND coalesce(bearer.valid_from, :day) <= :day AND coalesce(bearer.valid_to, :day) >= :day
    )
    """
).bindparams(bindparam("day", type_=Date))


router = transactional_router(include_in_schema=False)


@router.post("/internal/counts", status_code=202)
async def publish_counts(
    request: Request, session: Transaction, caller: Annotated[Caller, allow("operator", "service")]
) -> dict[str, str]:
    """Publishes this service's counts now, changed or not."""
    service = request.app.state.runtime.service
    counts = await counts_of_today(session, await service.take_counts(session))
    publish(session, CountsTaken(service=service.name, at=now(), counts=counts))
    return {"status": "accepted"}
