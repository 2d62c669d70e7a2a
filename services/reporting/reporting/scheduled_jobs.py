"""Scheduled jobs: each runs in one process of all."""

from datetime import date, timedelta

from prometheus_client import Gauge

from chassis.clock import today
from chassis.observability.log import logger
from chassis.runtime import Runtime, ScheduledJob
from contracts.services import SERVICES
from reporting.commands.filed_reports import store_weekly_report
from reporting.commands.snapshots import take_snapshots
from reporting.projections.base_day import move_base_day
from reporting.projections.totals import make_totals, totals_are_valid
from reporting.queries.counts import get_live_version
from reporting.queries.reconciliation import list_reconciliation
from reporting.queries.schedules import list_communes, list_days_without_snapshots

__all__ = ["SCHEDULED_JOBS"]

DIFFERENCES = Gauge(
    "bakhong_reports_differences", "Counts that a service announced and the reports do not have", ["service"]
)
COUNTING = {service.name for service in SERVICES if service.takes_counts}
COMPARED_AT = Gauge(
    "bakhong_reports_compared_timestamp_seconds",
    "When the counts of a service were last compared, Unix time",
    ["service"],
)


async def close_the_day(runtime: Runtime) -> None:
    """Moves the base day to yesterday, stores the counts of every day, and each commune's report of every week.

    Days on which this did not run are made up for, as they are known now: see `taken_at` and `frozen_at`.
    """
    yesterday = today() - timedelta(days=1)
    async with runtime.database.transaction() as session:
        await move_base_day(session, (await get_live_version(session)).version, yesterday)
    async with runtime.database.reading() as session:
        days = await list_days_without_snapshots(session, yesterday)
    for day in days:
        async with runtime.database.transaction() as session:
            await take_snapshots(session, day)
    for sunday in sorted({_sunday_of(day) for day in (*days, _last_sunday())}):
        if sunday <= yesterday:
            await _store_weekly_reports(runtime, sunday)


def _sunday_of(day: date) -> date:
    """The last day of the week, which begins on Monday."""
    return day + timedelta(days=7 - day.isoweekday())


def _last_sunday() -> date:
    return today() - timedelta(days=today().isoweekday())


async def _store_weekly_reports(runtime: Runtime, sunday: date) -> None:
    async with runtime.database.reading() as session:
        communes = await list_communes(session, sunday)
    for code in communes:
        try:
            async with runtime.database.transaction() as session:
                await store_weekly_report(session, code, sunday)
        except Exception as error:  # one commune stops no other; it is tried again at the next run
            logger.error("weekly report not stored", unit=code, error=type(error).__name__)


async def measure_differences(runtime: Runtime) -> None:
    """Sets the metrics: how many counts of each service differ from ours, and when each was last compared."""
    async with runtime.database.reading() as session:
        compared = await list_reconciliation(session)
        live_since = (await get_live_version(session)).live_since
    for service in COUNTING - {each.service for each in compared}:
        COMPARED_AT.labels(service).set(live_since.timestamp())
    for service in {each.service for each in compared}:
        DIFFERENCES.labels(service).set(sum(each.differs for each in compared if each.service == service))
        latest = max(each.taken_at for each in compared if each.service == service)
        COMPARED_AT.labels(service).set(latest.timestamp())


async def refresh_totals(runtime: Runtime) -> None:
    """Computes the stored totals again after units have changed; until then queries add up the villages."""
    async with runtime.database.reading() as session:
        version = (await get_live_version(session)).version
        if await totals_are_valid(session, version):
            return
    async with runtime.database.transaction() as session:
        await make_totals(session, version)


SCHEDULED_JOBS = [
    ScheduledJob("refresh totals", 2.0, refresh_totals),
    ScheduledJob("close the day", 600.0, close_the_day),
    ScheduledJob("measure differences", 60.0, measure_differences),
]
