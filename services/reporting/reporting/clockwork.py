"""What this service does by the clock, in one process of all."""

from datetime import timedelta

from chassis.clock import today
from chassis.runtime import Runtime, Timed
from reporting.projections.days import move_base_day
from reporting.projections.totals import make_totals, totals_are_valid
from reporting.queries.counts import get_live_version
from reporting.queries.schedules import list_communes, store_weekly_report, take_snapshots

__all__ = ["TIMED"]


async def follow_the_calendar(runtime: Runtime) -> None:
    """Moves the base day to yesterday, keeps yesterday's counts, and each commune's report of the last week."""
    yesterday = today() - timedelta(days=1)
    async with runtime.database.transaction() as session:
        await move_base_day(session, (await get_live_version(session)).version, yesterday)
    async with runtime.database.transaction() as session:
        await take_snapshots(session, yesterday)
    sunday = today() - timedelta(days=today().isoweekday())
    async with runtime.database.reading() as session:
        communes = await list_communes(session, sunday)
    for code in communes:
        async with runtime.database.transaction() as session:
            await store_weekly_report(session, code, sunday)


async def follow_the_units(runtime: Runtime) -> None:
    """Makes the sums anew after units have changed; until then answers are summed up on the spot."""
    async with runtime.database.reading() as session:
        version = (await get_live_version(session)).version
        if await totals_are_valid(session, version):
            return
    async with runtime.database.transaction() as session:
        await make_totals(session, version)


TIMED = [
    Timed("follow the units", 2.0, follow_the_units),
    Timed("follow the calendar", 600.0, follow_the_calendar),
]
