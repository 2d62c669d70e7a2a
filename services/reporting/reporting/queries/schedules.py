"""What the calendar asks for: the counts of every unit at the end of a day, and the weekly report of each commune."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import ReadSession, Session
from reporting.model import FiledReport
from reporting.projections.days import store_snapshots
from reporting.projections.tree import Tier, tree_of
from reporting.queries.counts import get_live_version, totals_on
from reporting.queries.filed import find_by_filing, frozen_figures
from reporting.queries.reports import get_progress

__all__ = ["list_communes", "list_days_to_keep", "store_weekly_report", "take_snapshots"]

MOST_DAYS = 31


async def take_snapshots(session: Session, day: date) -> int:
    """Keeps every unit's counts as known at the end of `day`; how many units, 0 when it was done before."""
    done = await session.execute(text("SELECT true FROM snapshot WHERE day = :day LIMIT 1"), {"day": day})
    if done.scalar():
        return 0
    tier = (await tree_of(session)).at(day)
    live = await get_live_version(session)
    counts = await totals_on(session, live, tier, tier.units, day)
    await store_snapshots(session, day, {str(id): counted for id, counted in counts.items() if counted})
    return len(counts)


async def list_days_to_keep(session: ReadSession, last: date) -> list[date]:
    """The days up to `last` whose counts are not kept yet: `last` alone at first, a month at most."""
    found = await session.execute(text("SELECT max(day) FROM snapshot"))
    kept: date = found.scalar() or last - timedelta(days=1)
    return [last - timedelta(days=ago) for ago in range(min((last - kept).days, MOST_DAYS))][::-1]


async def list_communes(session: ReadSession, day: date) -> list[str]:
    """The codes of the communes and wards of a day."""
    tier: Tier = (await tree_of(session)).at(day)
    return sorted(unit.code for unit in tier.units.values() if unit.level == "commune")


async def store_weekly_report(session: Session, unit_code: str, sunday: date) -> FiledReport | None:
    """A commune's figures at the end of a week, as known then; once."""
    period = f"{sunday.isocalendar().year}-W{sunday.isocalendar().week:02}"
    tier = (await tree_of(session)).at(sunday)
    unit = tier.find(unit_code)
    filing_id = uuid5(NAMESPACE_OID, f"weekly {unit.id if unit else ''} {period}")
    if unit is None:
        return None
    await session.execute(_ONE_AT_A_TIME, {"name": str(filing_id)})
    if await find_by_filing(session, filing_id):
        return None
    report = await get_progress(session, unit_code, sunday)
    if not report.figures["residents"].numerator:
        return None
    weekly = FiledReport(
        id=new_id(),
        filing_id=filing_id,
        unit_id=unit.id,
        unit_code=unit_code,
        kind="weekly",
        period=period,
        as_of=sunday,
        filed_on=sunday + timedelta(days=1),
        frozen_at=now(),
        figures=frozen_figures(report),
    )
    session.add(weekly)
    return weekly


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
