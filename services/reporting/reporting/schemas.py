"""The bodies of responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from reporting.figures import Figure, Forecast, Point, Reconciliation, Report, UnitFigures
from reporting.forecasts import RankedUnit
from reporting.indicators import CounterDefinition, Indicator, catalogue

__all__ = [
    "ChildView",
    "CounterView",
    "FiledView",
    "ForecastView",
    "ForecastsView",
    "IndicatorView",
    "IndicatorsView",
    "ProgressView",
    "ReconciliationView",
    "TrendView",
    "UnitRankingView",
    "progress_body",
]


class FigureView(BaseModel):
    """An indicator of a unit. `percent` and `denominator` are null where it has none, and all three for a hidden cell."""

    code: str
    title: str
    numerator: int | None
    denominator: int | None
    percent: float | None
    target: float | None = Field(description="A share in percent where there is a denominator, else a count")

    @classmethod
    def of(cls, figure: Figure, language: str) -> FigureView:
        return cls(
            code=figure.code,
            title=figure.indicator.title.in_(language),
            numerator=figure.numerator,
            denominator=figure.denominator,
            percent=_number(figure.percent),
            target=_goal(figure),
        )


class ChildView(BaseModel):
    """A unit directly below; with the parent's own code: what belongs to the parent and to none of its children."""

    unit_code: str
    name: str
    level: str
    indicators: list[FigureView]


class ProgressView(BaseModel):
    """The figures of a unit on a day."""

    unit_code: str
    name: str
    level: str
    as_of: date
    fresh_at: datetime
    indicators: list[FigureView]
    children: list[ChildView]


def progress_body(report: Report, language: str) -> dict[str, Any]:
    """A `ProgressView` as plain values: a province's has ten thousand figures, too many to validate one by one."""
    return {
        "unit_code": report.unit.code,
        "name": report.unit.name,
        "level": report.unit.level,
        "as_of": report.as_of.isoformat(),
        "fresh_at": report.fresh_at.isoformat(),
        "indicators": _figure_bodies(report.figures.values(), language),
        "children": [_child_body(child, language) for child in report.children],
    }


def _child_body(child: UnitFigures, language: str) -> dict[str, Any]:
    return {
        "unit_code": child.unit.code,
        "name": child.unit.name,
        "level": child.unit.level,
        "indicators": _figure_bodies(child.figures.values(), language),
    }


def _figure_bodies(figures: Iterable[Figure], language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "title": each.indicator.title.in_(language),
            "numerator": each.numerator,
            "denominator": each.denominator,
            "percent": _number(each.percent),
            "target": _goal(each),
        }
        for each in figures
    ]


class CounterView(BaseModel):
    """What is counted, in texts."""

    counter: str
    meaning: str

    @classmethod
    def of(cls, counter: CounterDefinition, language: str) -> CounterView:
        return cls(counter=counter.name, meaning=counter.meaning.in_(language))


class IndicatorView(BaseModel):
    """The definition of an indicator. `pillar`: once, cashless, distance or foundation; `plan_item`: 1 to 12."""

    code: str
    title: str
    pillar: str
    plan_item: int | None
    kind: str
    unit: str | None
    population: str | None
    numerator: CounterView
    denominator: CounterView | None
    source: str
    decimals: int

    @classmethod
    def of(cls, indicator: Indicator, language: str) -> IndicatorView:
        return cls(
            code=indicator.code,
            title=indicator.title.in_(language),
            pillar=indicator.pillar,
            plan_item=indicator.plan_item,
            kind=indicator.kind,
            unit=indicator.unit,
            population=indicator.population,
            numerator=CounterView.of(indicator.numerator, language),
            denominator=CounterView.of(indicator.denominator, language) if indicator.denominator else None,
            source=indicator.source.in_(language),
            decimals=indicator.decimals,
        )


class IndicatorsView(BaseModel):
    """The catalogue."""

    version: int
    items: list[IndicatorView]
    next_cursor: str | None = None

    @classmethod
    def all(cls, language: str) -> IndicatorsView:
        known = catalogue()
        return cls(
            version=known.version, items=[IndicatorView.of(each, language) for each in known.indicators.values()]
        )


class PointView(BaseModel):
    """An indicator at the end of a day; nulls where a count is hidden."""

    day: date
    numerator: int | None
    denominator: int | None
    value: float | None

    @classmethod
    def of(cls, point: Point) -> PointView:
        return cls(day=point.day, numerator=point.numerator, denominator=point.denominator, value=_number(point.value))


class TrendView(BaseModel):
    """An indicator day by day."""

    unit_code: str
    indicator: str
    title: str
    points: list[PointView]


class RankedView(BaseModel):
    """A unit's place; null without a value. Equal values share a place."""

    place: int | None
    unit_code: str
    name: str
    numerator: int | None
    denominator: int | None
    percent: float | None
    value: float | None

    @classmethod
    def of(cls, ranked: RankedUnit) -> RankedView:
        figure = ranked.figure
        return cls(
            place=ranked.place,
            unit_code=ranked.unit.code,
            name=ranked.unit.name,
            numerator=figure.numerator,
            denominator=figure.denominator,
            percent=_number(figure.percent),
            value=_number(figure.value),
        )


class CommendationView(BaseModel):
    """A unit that may be put forward: `excellent`, `effective` or `advanced`, with the mean share of its targets."""

    category: str
    unit_code: str
    name: str
    reached: float


class UnitRankingView(BaseModel):
    """Units by an indicator, best first, and who may be commended for all targets together."""

    level: str
    parent: str
    indicator: str
    as_of: date
    items: list[RankedView]
    commendations: list[CommendationView]
    next_cursor: str | None = None


class ForecastView(BaseModel):
    """`state`: reached, on_course, late (after the target's day), overdue (that day is over) or standing_still; `method`
    is how it was computed."""

    code: str
    target: float | None
    due_on: date | None
    state: str
    pace_per_day: float
    reached_on: date | None
    method: str

    @classmethod
    def of(cls, forecast: Forecast, language: str) -> ForecastView:
        target = forecast.target
        return cls(
            code=forecast.code,
            target=_number(target.percent if target.percent is not None else target.count),
            due_on=target.due_on,
            state=forecast.state,
            pace_per_day=float(forecast.pace_per_day),
            reached_on=forecast.reached_on,
            method=forecast.method.in_(language),
        )


class ForecastsView(BaseModel):
    """The targets of a unit."""

    unit_code: str
    as_of: date
    items: list[ForecastView]
    next_cursor: str | None = None


class ReconciledView(BaseModel):
    """A count that a service announced, beside ours."""

    service: str
    unit_code: str
    indicator: str
    announced: int
    projected: int
    differs: bool
    taken_at: datetime

    @classmethod
    def of(cls, each: Reconciliation) -> ReconciledView:
        return cls(
            service=each.service,
            unit_code=each.unit_code,
            indicator=each.indicator,
            announced=each.announced,
            projected=each.projected,
            differs=each.differs,
            taken_at=each.taken_at,
        )


class ReconciliationView(BaseModel):
    """All counts that the services announced. `state`: `agrees`, `differs`, or `nothing_compared` while there are none;
    `agrees` is true for the first."""

    agrees: bool
    state: Literal["agrees", "differs", "nothing_compared"]
    items: list[ReconciledView]
    next_cursor: str | None = None

    @classmethod
    def of(cls, compared: Sequence[Reconciliation]) -> ReconciliationView:
        differs = any(each.differs for each in compared)
        state: Literal["agrees", "differs", "nothing_compared"] = (
            "differs" if differs else "agrees" if compared else "nothing_compared"
        )
        return cls(agrees=state == "agrees", state=state, items=[ReconciledView.of(each) for each in compared])


class FiledView(BaseModel):
    """A filed report."""

    id: UUID
    filing_id: UUID
    campaign_id: UUID | None
    unit_code: str
    kind: str
    period: str | None
    as_of: date
    filed_on: date
    frozen_at: datetime


class FiledProgressView(FiledView):
    """Its figures as they stood then."""

    indicators: list[FigureView]
    children: list[ChildView]


class FiledListView(BaseModel):
    """A unit's filed reports, the latest first."""

    items: list[FiledView]
    next_cursor: str | None = None


def _number(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _goal(figure: Figure) -> float | None:
    if figure.target is None:
        return None
    return _number(figure.target.percent if figure.target.percent is not None else figure.target.count)
