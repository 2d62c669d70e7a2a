"""Reports as the public may see them: without hidden counts, and with forecasts that follow from what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from chassis.storage.database import ReadSession
from reporting.disclosure import impersonal_counters, public_count, public_figure, public_point
from reporting.figures import Obstacle, Point, Report, UnitFigures
from reporting.indicators import catalogue
from reporting.projections.entities.people import OBSTACLE
from reporting.projections.tree import tree_of
from reporting.queries.counts import Counts, get_live_version
from reporting.queries.reports import (
    children_beside,
    get_counted_progress,
    get_trend,
    get_unit_on,
    with_forecasts,
    with_trends,
)
from reporting.queries.suppression import suppressed_by_day, suppressed_on

__all__ = ["get_public_progress", "get_public_report", "get_public_trend"]


async def get_public_progress(session: ReadSession, unit_code: str, day: date) -> Report:
    """The figures of a unit and of its children at the end of a day; without trends."""
    report, counts = await get_counted_progress(session, unit_code, day)
    return _without_hidden(report, await _suppressed(session, report, counts))


async def get_public_report(session: ReadSession, unit_code: str, day: date) -> Report:
    """What a page shows: the progress with weekly points and forecasts."""
    report, counts = await get_counted_progress(session, unit_code, day)
    hidden = await _suppressed(session, report, counts)
    exact = {code: each.trend for code, each in (await with_trends(session, report)).figures.items() if each.trend}
    trends = await _public_trends(session, hidden.unit_id, exact)
    shown = _without_hidden(report, hidden)
    figures = {code: replace(each, trend=trends.get(code, ())) for code, each in shown.figures.items()}
    return with_forecasts(replace(shown, figures=figures, children=children_beside(shown)))


async def get_public_trend(
    session: ReadSession, unit_code: str, first: date, last: date, code: str
) -> tuple[Point, ...]:
    """The trend of an indicator: each day without what is hidden on that day."""
    unit = await get_unit_on(session, unit_code, last)
    trends = await get_trend(session, unit_code, first, last, codes=[code])
    return (await _public_trends(session, unit.id, trends))[code]


@dataclass(frozen=True, slots=True)
class _Hidden:
    """The counters that are not shown of a unit, of what belongs to none of its children, and by code of its children."""

    unit_id: UUID
    own: AbstractSet[str]
    rest: AbstractSet[str]
    children: Mapping[str, AbstractSet[str]]


async def _suppressed(session: ReadSession, report: Report, counts: Counts) -> _Hidden:
    generation = (await tree_of(session)).at(report.as_of)
    line = [generation.by_code[each.code] for each in (*report.ancestors, report.unit)]
    unit_id, live = line[-1], await get_live_version(session)
    found = await suppressed_on(session, live, generation, line, report.as_of, known={unit_id: counts})
    children = {generation.units[id].code: found.units[id] for id in generation.children.get(unit_id, [])}
    return _Hidden(unit_id, found.units[unit_id], found.rests[unit_id], children)


def _without_hidden(report: Report, hidden: _Hidden) -> Report:
    def public_child(child: UnitFigures) -> UnitFigures:
        suppressed = hidden.rest if child.is_rest else hidden.children[child.unit.code]
        return replace(child, figures={code: public_figure(each, suppressed) for code, each in child.figures.items()})

    return replace(
        report,
        figures={code: public_figure(each, hidden.own) for code, each in report.figures.items()},
        children=tuple(public_child(each) for each in report.children),
        obstacles=tuple(replace(each, people=_public_people(each, hidden.own)) for each in report.obstacles),
        reconciliation=(),
        is_public=True,
    )


async def _public_trends(
    session: ReadSession, unit_id: UUID, trends: Mapping[str, tuple[Point, ...]]
) -> dict[str, tuple[Point, ...]]:
    if not trends:
        return {}
    days = sorted({point.day for points in trends.values() for point in points})
    names = {counter.name for code in trends for counter in catalogue().indicators[code].counters()}
    live, tree = await get_live_version(session), await tree_of(session)
    hidden = await suppressed_by_day(session, live, tree, unit_id, days, names - impersonal_counters())
    return {
        code: tuple(public_point(point, catalogue().indicators[code], hidden[point.day]) for point in points)
        for code, points in trends.items()
    }


def _public_people(obstacle: Obstacle, suppressed: AbstractSet[str]) -> int | None:
    return public_count(OBSTACLE.format(step=obstacle.step, condition=obstacle.condition), obstacle.people, suppressed)
