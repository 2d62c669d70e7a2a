"""Frozen copies of the figures of a report: of those that units file, and of the weekly report of each commune."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from contracts.onboarding import PlanFiled
from reporting.figures import Figure, Report
from reporting.model import FiledReport
from reporting.projections.tree import tree_of
from reporting.queries.filed_reports import find_by_filing
from reporting.queries.reports import get_progress

__all__ = ["freeze_report", "store_weekly_report"]

REPORTS = frozenset({"weekly", "monthly", "final"})


async def freeze_report(session: Session, event: PlanFiled) -> FiledReport | None:
    """Stores the figures of the day on which a unit filed a report; once, whatever is published later about that day.

    A unit that has ended, such as a commune that was merged while its campaign ran, reports of its own villages. A filing
    that was taken back has no copy any more; one whose day was corrected has the figures of that day, as known now.
    """
    known = await find_by_filing(session, event.filing_id)
    if event.kind not in REPORTS or (known and known.filed_on == event.filed_on):
        return None
    if known:
        await session.delete(known)
        await session.flush()
    if event.filed_on is None:
        return None
    tree = await tree_of(session)
    unit = tree.unit(event.unit_id)
    if unit is None or unit.valid_from > event.filed_on:
        return None
    tree_day = tree.last_day_of(unit, event.filed_on)
    report = await get_progress(session, unit.code, event.filed_on, tree_day=tree_day)
    filed = FiledReport(
        id=known.id if known else new_id(),
        filing_id=event.filing_id,
        campaign_id=event.campaign_id,
        unit_id=unit.id,
        unit_code=event.unit_code,
        kind=event.kind,
        period=event.period,
        as_of=event.filed_on,
        filed_on=event.filed_on,
        frozen_at=now(),
        figures=_frozen_figures(report),
    )
    session.add(filed)
    return filed


async def store_weekly_report(session: Session, unit_code: str, sunday: date) -> FiledReport | None:
    """Stores a commune's figures at the end of a week, as known then; once."""
    period = f"{sunday.isocalendar().year}-W{sunday.isocalendar().week:02}"
    unit = (await tree_of(session)).at(sunday).find(unit_code)
    if unit is None:
        return None
    filing_id = uuid5(NAMESPACE_OID, f"weekly {unit.id} {period}")
    await lock_name(session, filing_id)
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
        figures=_frozen_figures(report),
    )
    session.add(weekly)
    return weekly


def _frozen_figures(report: Report) -> dict[str, Any]:
    """The counts of the unit and of its children, by unit code and indicator, with the targets of the day."""
    children = {child.unit.code: _plain(child.figures) for child in report.children if not child.is_rest}
    return {"unit": _plain(report.figures), "children": children}


def _plain(figures: Mapping[str, Figure]) -> dict[str, list[Any]]:
    return {code: [each.numerator, each.denominator, _goal(each)] for code, each in figures.items()}


def _goal(figure: Figure) -> float | int | None:
    if figure.target is None:
        return None
    return float(figure.target.percent) if figure.target.percent is not None else figure.target.count
