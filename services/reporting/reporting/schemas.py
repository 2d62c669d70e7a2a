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


Level = Literal["province", "district", "commune", "village"]
Category = Literal["advanced", "effective", "excellent"]


class FigureView(BaseModel):
    """An indicator of a unit. `percent` and `denominator` are null where it has none, and all three for a hidden cell."""

    code: str
    """The indicator's code, as in `GET /v1/reports/indicators`."""
    title: str
    """Its title (tên chỉ số) in the language of the answer."""
    numerator: int | None
    """The count (tử số); null for a cell that the public does not see."""
    denominator: int | None
    """What it is divided by (mẫu số); null where it has none or is hidden."""
    percent: float | None
    """The share in percent (tỷ lệ), two decimals; null without a denominator or for a hidden cell."""
    target: float | None = Field(description="A share in percent where there is a denominator, else a count")

    @classmethod
    def of(cls, figure: Figure, language: str) -> FigureView:
        return cls(
            code=figure.code,
            title=figure.indicator.title[language],
            numerator=figure.numerator,
            denominator=figure.denominator,
            percent=_number(figure.percent),
            target=_goal(figure),
        )


class ChildView(BaseModel):
    """A unit directly below; with the parent's own code: what belongs to the parent and to none of its children."""

    unit_code: str
    """The unit's code (mã đơn vị); the parent's own for what belongs to none of its children."""
    name: str
    """The unit's name on that day."""
    level: Level
    """The unit's level (cấp)."""
    indicators: list[FigureView]
    """Its figures, in the order of the catalogue."""


class ProgressView(BaseModel):
    """The figures of a unit on a day."""

    unit_code: str
    """The unit's code (mã đơn vị)."""
    name: str
    """The unit's name on that day."""
    level: Level
    """The unit's level (cấp)."""
    as_of: date
    """The figures are those of the end of this day."""
    fresh_at: datetime
    """When something of the unit was last counted."""
    indicators: list[FigureView]
    """The unit's figures, in the order of the catalogue."""
    children: list[ChildView]
    """The units directly below, with the same indicators."""


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
            "title": each.indicator.title[language],
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
    """The counter's name, by day and unit."""
    meaning: str
    """What it counts, in words."""

    @classmethod
    def of(cls, counter: CounterDefinition, language: str) -> CounterView:
        return cls(counter=counter.name, meaning=counter.meaning[language])


class IndicatorView(BaseModel):
    """The definition of an indicator. `pillar`: once, cashless, distance or foundation; `plan_item`: 1 to 12."""

    code: str
    """The code by which the indicator is asked for."""
    title: str
    """Its title (tên chỉ số)."""
    pillar: Literal["once", "cashless", "distance", "foundation"]
    """The “không” that it serves, or their foundation."""
    plan_item: int | None
    """The plans' content item (nội dung), 1 to 12; null for what belongs to none."""
    kind: Literal["head_count", "count", "amount", "ratio"]
    """What is counted: heads, things, money, or form fields."""
    unit: str | None
    """The unit of the count, such as VND; null for plain counts."""
    population: str | None
    """The people that a variant is divided by; null for the base indicator."""
    numerator: CounterView
    """What is counted (tử số)."""
    denominator: CounterView | None
    """What it is divided by (mẫu số); null for a plain count."""
    source: str
    """The service, and who confirms the data (nguồn)."""
    decimals: int
    """Decimals of the share."""

    @classmethod
    def of(cls, indicator: Indicator, language: str) -> IndicatorView:
        return cls(
            code=indicator.code,
            title=indicator.title[language],
            pillar=indicator.pillar,
            plan_item=indicator.plan_item,
            kind=indicator.kind,
            unit=indicator.unit,
            population=indicator.population,
            numerator=CounterView.of(indicator.numerator, language),
            denominator=CounterView.of(indicator.denominator, language) if indicator.denominator else None,
            source=indicator.source[language],
            decimals=indicator.decimals,
        )


class IndicatorsView(BaseModel):
    """The catalogue."""

    version: int
    """Version of the catalogue."""
    items: list[IndicatorView]
    """The indicators, variants after their base."""
    next_cursor: str | None = None
    """Always null: the catalogue is one page."""

    @classmethod
    def all(cls, language: str) -> IndicatorsView:
        known = catalogue()
        return cls(
            version=known.version, items=[IndicatorView.of(each, language) for each in known.indicators.values()]
        )


class PointView(BaseModel):
    """An indicator at the end of a day; nulls where a count is hidden."""

    day: date
    """The end of this day."""
    numerator: int | None
    """The count (tử số); null where it is hidden."""
    denominator: int | None
    """What it is divided by (mẫu số); null where there is none or it is hidden."""
    value: float | None
    """The share in percent, or the count where there is no denominator."""

    @classmethod
    def of(cls, point: Point) -> PointView:
        return cls(day=point.day, numerator=point.numerator, denominator=point.denominator, value=_number(point.value))


class TrendView(BaseModel):
    """An indicator day by day."""

    unit_code: str
    """The unit's code on the last day."""
    indicator: str
    """The indicator's code."""
    title: str
    """Its title (tên chỉ số)."""
    points: list[PointView]
    """One point a day, the earliest first."""


class RankedView(BaseModel):
    """A unit's place; null without a value. Equal values share a place."""

    place: int | None
    """The place (hạng), 1 is best; null without a value."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    name: str
    """The unit's name."""
    numerator: int | None
    """The count (tử số); null where it is hidden."""
    denominator: int | None
    """What it is divided by (mẫu số)."""
    percent: float | None
    """The share in percent."""
    value: float | None
    """What is compared: the share, or the count where there is no denominator."""

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

    category: Category
    """The title that is proposed (danh hiệu): tiên tiến, hiệu quả, xuất sắc."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    name: str
    """The unit's name."""
    reached: float
    """Mean share of its targets, in percent, each at most 100."""


class UnitRankingView(BaseModel):
    """Units by an indicator, best first, and who may be commended for all targets together."""

    level: Literal["district", "commune", "village"]
    """The level of the units that are compared (cấp)."""
    parent: str
    """The code of the unit above them."""
    indicator: str
    """The indicator's code."""
    as_of: date
    """The figures are those of the end of this day."""
    items: list[RankedView]
    """The units, best first; those without a value last."""
    commendations: list[CommendationView]
    """Who may be put forward, best first."""
    next_cursor: str | None = None
    """Always null: a ranking is one page."""


class ForecastView(BaseModel):
    """`state`: reached, on_course, late (after the target's day), overdue (that day is over) or standing_still; `method`
    is how it was computed."""

    code: str
    """The indicator's code."""
    target: float | None
    """The target (chỉ tiêu): a share in percent, or a count."""
    due_on: date | None
    """The day by which it is to be reached (hạn); null where the plan gives none."""
    state: Literal["reached", "on_course", "late", "overdue", "standing_still"]
    """How the target stands on the day asked for."""
    pace_per_day: float
    """Growth per day over the last four weeks, in percentage points or counts."""
    reached_on: date | None
    """The day on which it is reached at that pace; null where it is not foreseeable."""
    method: str
    """How it was computed, in words."""

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
            method=forecast.method[language],
        )


class ForecastsView(BaseModel):
    """The targets of a unit."""

    unit_code: str
    """The unit's code (mã đơn vị)."""
    as_of: date
    """Forecast from the end of this day."""
    items: list[ForecastView]
    """One per target that has a value."""
    next_cursor: str | None = None
    """Always null: the targets are one page."""


class ReconciledView(BaseModel):
    """A count that a service announced, beside ours."""

    service: str
    """The service that counted in its own tables."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    indicator: str
    """The indicator's or the counter's name."""
    announced: int
    """What the service counted."""
    projected: int
    """What the reports count."""
    differs: bool
    """Whether the two differ."""
    taken_at: datetime
    """When the service counted."""

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
    """Whether there are counts and all agree."""
    state: Literal["agrees", "differs", "nothing_compared"]
    """The result in one word."""
    items: list[ReconciledView]
    """The counts, one by one."""
    next_cursor: str | None = None
    """Always null: the counts are one page."""

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
    """Id of the frozen copy."""
    filing_id: UUID
    """Id of the filing in onboarding; of the platform's own weekly reports an id that follows from unit and week."""
    campaign_id: UUID | None
    """The campaign that it reports on; null for the platform's own weekly reports."""
    unit_code: str
    """The code of the unit that filed it, on that day."""
    kind: Literal["weekly", "monthly", "final"]
    """The kind of report (loại báo cáo)."""
    period: str | None
    """The period (kỳ), as the filing names it."""
    as_of: date
    """The figures are those of the end of this day."""
    filed_on: date
    """The day of filing."""
    frozen_at: datetime
    """When the figures were copied."""


class FiledProgressView(FiledView):
    """Its figures as they stood then."""

    indicators: list[FigureView]
    """The figures as they stood then."""
    children: list[ChildView]
    """The units below, as they stood then."""


class FiledListView(BaseModel):
    """A unit's filed reports, the latest first."""

    items: list[FiledView]
    """The filed reports, the latest first."""
    next_cursor: str | None = None
    """Always null: at most 200 reports."""


def _number(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _goal(figure: Figure) -> float | None:
    if figure.target is None:
        return None
    return _number(figure.target.percent if figure.target.percent is not None else figure.target.count)
