"""A unit's report on a day: its figures and those of its children, against the targets of the plans that cover it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from chassis.errors import InvalidQuery
from chassis.security.scope import unknown_unit
from chassis.storage.database import ReadSession
from reporting.disclosure import impersonal_counters, public_count, public_figure, public_point
from reporting.figures import Figure, Obstacle, Point, Report, ReportTarget, UnitFigures
from reporting.forecasts import forecast
from reporting.indicators import Indicator, catalogue
from reporting.projections.entities.people import CONDITIONS, OBSTACLE
from reporting.projections.entities.sources import WHOLE_PROVINCE
from reporting.projections.tree import Tree, Unit, tree_of
from reporting.queries.counts import (
    Counts,
    LiveVersion,
    changes_between,
    counts_of,
    get_live_version,
    last_change,
    parts_on,
    totals_on,
)
from reporting.queries.reconciliation import list_reconciliation
from reporting.queries.suppression import suppressed_by_day, suppressed_on
from reporting.queries.targets import campaigns_over, list_campaigns, plans_over, targets_of

__all__ = [
    "figures_of",
    "find_unit_on",
    "get_progress",
    "get_public_trend",
    "get_report",
    "get_trend",
    "get_unit_on",
    "public_report",
]

TREND_DAYS = 91
TREND_STEP = 7
PROVINCE_WIDE = UUID(WHOLE_PROVINCE)


async def find_unit_on(session: ReadSession, code: str, day: date) -> Unit | None:
    """The unit that bears a code on a day."""
    return (await tree_of(session)).at(day).find(code)


async def get_unit_on(session: ReadSession, code: str, day: date) -> Unit:
    """The unit that bears a code on a day; 400 when there is none."""
    unit = await find_unit_on(session, code, day)
    if unit is None:
        raise InvalidQuery(errors=[unknown_unit("/unit_code")])
    return unit


async def get_progress(session: ReadSession, unit_code: str, day: date, *, tree_day: date | None = None) -> Report:
    """The figures of a unit and of its children at the end of a day, with targets; without trends.

    `tree_day`: the day of the tree of units, for a unit that has ended before `day`.
    """
    tree_day = tree_day or day
    unit = await get_unit_on(session, unit_code, tree_day)
    tree = await tree_of(session)
    generation = tree.at(tree_day)
    live = await get_live_version(session)
    counts = await parts_on(session, live, generation, unit.id, day)
    province_wide = (await counts_of(session, live, {PROVINCE_WIDE: [PROVINCE_WIDE]}, day))[PROVINCE_WIDE]
    campaigns = await list_campaigns(session, live)

    def figures(id: UUID, counted: Mapping[str, int]) -> dict[str, Figure]:
        return figures_of(counted, province_wide, targets_of(campaigns_over(campaigns, tree, id, tree_day)))

    children = [
        UnitFigures(generation.units[id].named(), figures(id, counts[id]))
        for id in generation.children.get(unit.id, [])
    ]
    rest = counts[unit.id]
    if any(rest.values()):
        children.append(UnitFigures(unit.named(), _without_targets(figures(unit.id, rest)), is_rest=True))
    return Report(
        unit=unit.named(),
        as_of=day,
        fresh_at=await last_change(session, live, unit.id),
        figures=figures(unit.id, _sum(counts)),
        children=tuple(children),
        ancestors=tuple(generation.units[id].named() for id in generation.ancestors(unit.id)),
        obstacles=_obstacles(_sum(counts)),
        plans=plans_over(campaigns_over(campaigns, tree, unit.id, tree_day)),
        is_public=False,
    )


async def get_report(session: ReadSession, unit_code: str, day: date) -> Report:
    """The progress with trends, forecasts and the reconciliation: what a page or an export shows.

    A unit without units below it is not shown beside itself.
    """
    report = await get_progress(session, unit_code, day)
    series = await get_trend(session, unit_code, day - timedelta(days=TREND_DAYS), day, step=TREND_STEP)
    figures = {code: replace(each, trend=series[code]) for code, each in report.figures.items()}
    forecasts = (forecast(each, day) for each in figures.values())
    return replace(
        report,
        figures=figures,
        children=report.children if any(not each.is_rest for each in report.children) else (),
        forecasts=tuple(each for each in forecasts if each),
        reconciliation=tuple(await list_reconciliation(session, unit_code)),
    )


def figures_of(
    counted: Mapping[str, int], province_wide: Mapping[str, int], targets: Mapping[str, ReportTarget]
) -> dict[str, Figure]:
    """Every indicator of a unit from its counters; `province_wide` are those of the whole province."""
    return {each.code: _figure(each, counted, province_wide, targets) for each in catalogue().indicators.values()}


async def get_trend(
    session: ReadSession, unit_code: str, first: date, last: date, *, step: int = 1, codes: Iterable[str] | None = None
) -> dict[str, tuple[Point, ...]]:
    """By indicator, its value at the end of every `step`-th day up to `last`.

    Over all days the unit is the one of `last`, with the counts of the units that it succeeded: a merged unit keeps a
    comparable series.
    """
    unit = await get_unit_on(session, unit_code, last)
    generation = (await tree_of(session)).at(last)
    live = await get_live_version(session)
    indicators = [catalogue().indicators[code] for code in (catalogue().indicators if codes is None else codes)]
    days = [last - timedelta(days=ago) for ago in range(0, (last - first).days + 1, step)][::-1]
    now = (await totals_on(session, live, generation, [unit.id], days[0]))[unit.id]
    now |= (await counts_of(session, live, {PROVINCE_WIDE: [PROVINCE_WIDE]}, days[0]))[PROVINCE_WIDE]
    counters = None if codes is None else {counter.name for each in indicators for counter in each.counters()}
    changes = await changes_between(session, live, generation, unit.id, counters, days[0], last)
    for day, changed in (
        await changes_between(session, live, generation, PROVINCE_WIDE, counters, days[0], last)
    ).items():
        changes[day] |= changed
    series: dict[str, list[Point]] = {each.code: [] for each in indicators}
    waiting = sorted(changes)
    for day in days:
        while waiting and waiting[0] <= day:
            for counter, change in changes[waiting.pop(0)].items():
                now[counter] = now.get(counter, 0) + change
        for each in indicators:
            series[each.code].append(_point(each, day, now))
    return {code: tuple(points) for code, points in series.items()}


async def public_report(session: ReadSession, report: Report) -> Report:
    """The report as the public may see it: without hidden counts, and with forecasts that follow from what is shown."""
    tree = await tree_of(session)
    generation = tree.at(report.as_of)
    live = await get_live_version(session)
    line = [generation.by_code[each.code] for each in (*report.ancestors, report.unit)]
    hidden = await suppressed_on(session, live, generation, line, report.as_of)
    own = hidden.units[line[-1]]
    trends = await _public_trends(session, live, tree, line[-1], report)
    figures = {
        code: replace(public_figure(each, own), trend=trends.get(code, ())) for code, each in report.figures.items()
    }
    forecasts = (forecast(each, report.as_of) for each in figures.values() if not each.is_hidden and each.trend)

    def public_child(child: UnitFigures) -> UnitFigures:
        suppressed = hidden.rests[line[-1]] if child.is_rest else hidden.units[generation.by_code[child.unit.code]]
        return replace(child, figures={code: public_figure(each, suppressed) for code, each in child.figures.items()})

    return replace(
        report,
        figures=figures,
        forecasts=tuple(each for each in forecasts if each),
        children=tuple(public_child(each) for each in report.children),
        obstacles=tuple(replace(each, people=_public_people(each, own)) for each in report.obstacles),
        reconciliation=(),
        is_public=True,
    )


async def get_public_trend(
    session: ReadSession, unit_code: str, first: date, last: date, code: str
) -> tuple[Point, ...]:
    """The trend of an indicator as the public may see it: each day without what is hidden on that day."""
    points = (await get_trend(session, unit_code, first, last, codes=[code]))[code]
    unit = await get_unit_on(session, unit_code, last)
    live, tree = await get_live_version(session), await tree_of(session)
    hidden = await _suppressed_by_day(session, live, tree, unit.id, {code: points})
    return tuple(public_point(point, catalogue().indicators[code], hidden[point.day]) for point in points)


async def _public_trends(
    session: ReadSession, live: LiveVersion, tree: Tree, unit_id: UUID, report: Report
) -> dict[str, tuple[Point, ...]]:
    """The trends that a page shows: not those of the variants by population."""
    trends = {each.code: each.trend for each in report.of_base() if each.trend}
    if not trends:
        return {}
    hidden = await _suppressed_by_day(session, live, tree, unit_id, trends)
    return {
        code: tuple(public_point(point, catalogue().indicators[code], hidden[point.day]) for point in points)
        for code, points in trends.items()
    }


async def _suppressed_by_day(
    session: ReadSession, live: LiveVersion, tree: Tree, unit_id: UUID, trends: Mapping[str, tuple[Point, ...]]
) -> dict[date, set[str]]:
    days = sorted({point.day for points in trends.values() for point in points})
    names = {counter.name for code in trends for counter in catalogue().indicators[code].counters()}
    return await suppressed_by_day(session, live, tree, unit_id, days, names - impersonal_counters())


def _figure(
    indicator: Indicator,
    counted: Mapping[str, int],
    province_wide: Mapping[str, int],
    targets: Mapping[str, ReportTarget],
) -> Figure:
    counts = province_wide if indicator.scope == "province" else counted
    denominator = counts.get(indicator.denominator.name, 0) if indicator.denominator else None
    return Figure(indicator, counts.get(indicator.numerator.name, 0), denominator, targets.get(indicator.code))


def _point(indicator: Indicator, day: date, counts: Mapping[str, int]) -> Point:
    numerator = counts.get(indicator.numerator.name, 0)
    denominator = counts.get(indicator.denominator.name, 0) if indicator.denominator else None
    return Point(day, numerator, denominator, Figure(indicator, numerator, denominator).value)


def _without_targets(figures: dict[str, Figure]) -> dict[str, Figure]:
    return {code: replace(each, target=None) for code, each in figures.items()}


def _sum(counts: Counts) -> dict[str, int]:
    total: dict[str, int] = {}
    for counted in counts.values():
        for counter, value in counted.items():
            total[counter] = total.get(counter, 0) + value
    return total


def _obstacles(counts: Mapping[str, int]) -> tuple[Obstacle, ...]:
    found = [
        Obstacle(step, condition, counts.get(OBSTACLE.format(step=step, condition=condition), 0))
        for step, conditions in CONDITIONS.items()
        for condition in conditions
    ]
    return tuple(sorted((each for each in found if each.people), key=lambda each: -(each.people or 0)))


def _public_people(obstacle: Obstacle, suppressed: AbstractSet[str]) -> int | None:
    return public_count(OBSTACLE.format(step=obstacle.step, condition=obstacle.condition), obstacle.people, suppressed)
