"""A unit's report on a day: its figures and those of its children, against the targets of the plans that cover it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from chassis.errors import InvalidQuery
from chassis.security.scope import unknown_unit
from chassis.storage.database import ReadSession
from reporting.figures import Figure, Obstacle, Point, Report, ReportPeriod, ReportTarget, UnitFigures
from reporting.forecasts import forecast
from reporting.indicators import Indicator, catalogue
from reporting.projections.entities.people import CONDITIONS, OBSTACLE
from reporting.projections.entities.sources import WHOLE_PROVINCE
from reporting.projections.tree import Unit, tree_of
from reporting.queries.counts import (
    Counts,
    counts_by_day,
    counts_of,
    get_live_version,
    last_change,
    parts_on,
    summed_up,
)
from reporting.queries.reconciliation import list_reconciliation
from reporting.queries.targets import CampaignCoverage, list_campaigns, plans_over, targets_of

__all__ = [
    "children_beside",
    "figures_of",
    "find_unit_on",
    "get_counted_progress",
    "get_progress",
    "get_report",
    "get_trend",
    "get_unit_on",
    "with_forecasts",
    "with_period",
    "with_trends",
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
    report, _ = await get_counted_progress(session, unit_code, day, tree_day=tree_day)
    return report


async def get_counted_progress(
    session: ReadSession, unit_code: str, day: date, *, tree_day: date | None = None
) -> tuple[Report, Counts]:
    """The progress, with the counts that its figures are made from."""
    tree_day = tree_day or day
    unit = await get_unit_on(session, unit_code, tree_day)
    tree = await tree_of(session)
    generation = tree.at(tree_day)
    live = await get_live_version(session)
    counts = await parts_on(session, live, generation, unit.id, day)
    province_wide = (await counts_of(session, live, {PROVINCE_WIDE: [PROVINCE_WIDE]}, day))[PROVINCE_WIDE]
    coverage = CampaignCoverage(await list_campaigns(session, live), tree, tree_day)

    def figures(id: UUID, counted: Mapping[str, int]) -> dict[str, Figure]:
        return figures_of(counted, province_wide, targets_of(coverage.over(id)))

    children = [
        UnitFigures(generation.units[id].named(), figures(id, counts[id]))
        for id in generation.children.get(unit.id, [])
    ]
    rest = counts[unit.id]
    if any(rest.values()):
        children.append(UnitFigures(unit.named(), _without_targets(figures(unit.id, rest)), is_rest=True))
    whole = summed_up(counts)
    report = Report(
        unit=unit.named(),
        as_of=day,
        fresh_at=await last_change(session, live, unit.id),
        figures=figures(unit.id, whole),
        children=tuple(children),
        ancestors=tuple(generation.units[id].named() for id in generation.ancestors(unit.id)),
        obstacles=_obstacles(whole),
        plans=plans_over(coverage.over(unit.id)),
        is_public=False,
    )
    return report, counts


async def get_report(session: ReadSession, unit_code: str, day: date) -> Report:
    """The progress with trends, forecasts and the reconciliation: what a page or an export shows.

    A unit without units below it is not shown beside itself.
    """
    report = with_forecasts(await with_trends(session, await get_progress(session, unit_code, day)))
    reconciliation = tuple(await list_reconciliation(session, unit_code))
    return replace(report, children=children_beside(report), reconciliation=reconciliation)


async def with_trends(session: ReadSession, report: Report) -> Report:
    """The report with weekly points of thirteen weeks: of the base indicators, and of variants that have a target."""
    codes = [code for code, each in report.figures.items() if not each.indicator.population or each.target]
    first = report.as_of - timedelta(days=TREND_DAYS)
    series = await get_trend(session, report.unit.code, first, report.as_of, codes=codes, step=TREND_STEP)
    return replace(
        report, figures={code: replace(each, trend=series.get(code, ())) for code, each in report.figures.items()}
    )


async def with_period(session: ReadSession, report: Report, period: ReportPeriod) -> Report:
    """The report about a period: with the unit's figures of the day before it, by the tree of the last day."""
    before = period.first - timedelta(days=1)
    days = (report.as_of - before).days
    series = await get_trend(session, report.unit.code, before, report.as_of, codes=report.figures, step=days)
    figures = {code: Figure(each.indicator, *_parts_of(series[code][0])) for code, each in report.figures.items()}
    return replace(report, period=period, before=figures)


def _parts_of(point: Point) -> tuple[int | None, int | None]:
    return point.numerator, point.denominator


def with_forecasts(report: Report) -> Report:
    """The report with the forecasts that follow from its trends."""
    forecasts = (forecast(each, report.as_of) for each in report.figures.values() if each.trend)
    return replace(report, forecasts=tuple(each for each in forecasts if each))


def children_beside(report: Report) -> tuple[UnitFigures, ...]:
    """The children that are shown side by side; none of a unit that has no unit below it."""
    return report.children if any(not each.is_rest for each in report.children) else ()


def figures_of(
    counted: Mapping[str, int],
    province_wide: Mapping[str, int],
    targets: Mapping[str, ReportTarget],
    codes: Iterable[str] | None = None,
) -> dict[str, Figure]:
    """The indicators (None: all) of a unit from its counters; `province_wide` are those of the whole province."""
    known = catalogue().indicators
    return {code: _figure(known[code], counted, province_wide, targets) for code in (known if codes is None else codes)}


async def get_trend(
    session: ReadSession, unit_code: str, first: date, last: date, *, codes: Iterable[str], step: int = 1
) -> dict[str, tuple[Point, ...]]:
    """By indicator, its value at the end of every `step`-th day up to `last`.

    Over all days the unit is the one of `last`, with the counts of the units that it succeeded: a merged unit keeps a
    comparable series.
    """
    unit = await get_unit_on(session, unit_code, last)
    generation = (await tree_of(session)).at(last)
    live = await get_live_version(session)
    indicators = [catalogue().indicators[code] for code in codes]
    counters = {counter.name for each in indicators for counter in each.counters()}
    days = [last - timedelta(days=ago) for ago in range(0, (last - first).days + 1, step)][::-1]
    here, everywhere = {unit.id: generation.members_of(unit.id)}, {PROVINCE_WIDE: [PROVINCE_WIDE]}
    counted = await counts_by_day(session, live, generation, here, days, counters)
    province_wide = await counts_by_day(session, live, generation, everywhere, days, counters, own=True)
    counts = {day: counted[day][unit.id] | province_wide[day][PROVINCE_WIDE] for day in days}
    return {each.code: tuple(_point(each, day, counts[day]) for day in days) for each in indicators}


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


def _obstacles(counts: Mapping[str, int]) -> tuple[Obstacle, ...]:
    found = [
        Obstacle(step, condition, counts.get(OBSTACLE.format(step=step, condition=condition), 0))
        for step, conditions in CONDITIONS.items()
        for condition in conditions
    ]
    return tuple(sorted((each for each in found if each.people), key=lambda each: -(each.people or 0)))
