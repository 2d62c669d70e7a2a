"""Reports that were handed in: frozen copies that late facts do not change."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import ReadSession, Session
from contracts.onboarding import PlanFiled
from reporting.figures import Figure, Report
from reporting.indicators import catalogue
from reporting.model import FiledReport
from reporting.projections.tree import tree_of
from reporting.queries.reports import get_progress
from reporting.queries.withheld import withheld_parts

__all__ = ["find_by_filing", "find_filed", "freeze_report", "frozen_figures", "list_filed", "withheld_of_frozen"]

REPORTS = frozenset({"weekly", "monthly", "final"})


async def freeze_report(session: Session, fact: PlanFiled) -> FiledReport | None:
    """Keeps the figures of the day on which a unit filed a report; once, whatever is said later of that day."""
    if fact.kind not in REPORTS or fact.filed_on is None or await find_by_filing(session, fact.filing_id):
        return None
    unit = (await tree_of(session)).at(fact.filed_on).find(fact.unit_code)
    if unit is None:
        return None
    report = await get_progress(session, fact.unit_code, fact.filed_on)
    filed = FiledReport(
        id=new_id(),
        filing_id=fact.filing_id,
        campaign_id=fact.campaign_id,
        unit_id=unit.id,
        unit_code=fact.unit_code,
        kind=fact.kind,
        period=fact.period,
        as_of=fact.filed_on,
        filed_on=fact.filed_on,
        frozen_at=now(),
        figures=frozen_figures(report),
    )
    session.add(filed)
    return filed


async def list_filed(session: ReadSession, unit_id: UUID) -> list[FiledReport]:
    """A unit's filed reports, the latest first."""
    query = select(FiledReport).where(FiledReport.unit_id == unit_id).order_by(col(FiledReport.filed_on).desc())
    return list(await session.exec(query.limit(200)))


async def find_filed(session: ReadSession, id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.id == id))).first()


async def find_by_filing(session: ReadSession, filing_id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.filing_id == filing_id))).first()


def frozen_figures(report: Report) -> dict[str, Any]:
    """The counts of the unit and of its children, by unit code and indicator, with the targets of the day."""
    children = {child.unit.code: _plain(child.figures) for child in report.children if not child.is_rest}
    return {"unit": _plain(report.figures), "children": children}


def withheld_of_frozen(frozen: Mapping[str, Any], own: AbstractSet[str]) -> dict[str, set[str]]:
    """By child, the counters that the public does not see of a frozen copy; `own` are those of the unit itself."""
    whole, parts = _counts(frozen["unit"]), {code: _counts(plain) for code, plain in frozen["children"].items()}
    # What belongs to no child is not kept, but it is what is left.
    parts[""] = {name: count - sum(part.get(name, 0) for part in parts.values()) for name, count in whole.items()}
    return withheld_parts(parts, own)


def _counts(plain: Mapping[str, list[Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code, (numerator, denominator, _) in plain.items():
        known = catalogue().indicators.get(code)
        if known and known.scope == "unit":
            counts[known.numerator.name] = numerator
            if known.denominator:
                counts[known.denominator.name] = denominator
    return counts


def _plain(figures: Mapping[str, Figure]) -> dict[str, list[Any]]:
    return {code: [each.numerator, each.denominator, _goal(each)] for code, each in figures.items()}


def _goal(figure: Figure) -> float | int | None:
    if figure.target is None:
        return None
    return float(figure.target.percent) if figure.target.percent is not None else figure.target.count
