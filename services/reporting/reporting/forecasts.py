"""Forecasts of targets, rankings of units, commendations: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Literal

from chassis.bilingual import BilingualText
from reporting.figures import Figure, Forecast, Point, ReportTarget, UnitFigures, UnitName

__all__ = ["RankedUnit", "commendations", "forecast", "pace_of", "rank"]

PACE_DAYS = 28
"""A pace is taken over four weeks: long enough to even out a week, short enough to follow a campaign."""

FARTHEST = 3660
"""A forecast beyond ten years is no information."""

Category = Literal["advanced", "effective", "excellent"]


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit's place; equal values share a place, units without a value have none."""

    place: int | None
    unit: UnitName
    figure: Figure


def forecast(figure: Figure, as_of: date) -> Forecast | None:
    """When the target is reached at the pace of the last four weeks; None without a target or a trend.

    The pace is the slope of the least-squares line through the points of the last 28 days; the rest to the target divided
    by the pace, rounded up to whole days, gives the day. No pace, no day.
    """
    goal = _goal(figure)
    if figure.target is None or goal is None or figure.value is None:
        return None
    recent = [point for point in figure.trend if as_of - timedelta(days=PACE_DAYS) <= point.day <= as_of]
    pace = pace_of(recent)
    missing = goal - figure.value
    reached_on = _day_reached(missing, pace, as_of)
    state = _state(missing, reached_on, figure.target, as_of)
    return Forecast(figure.code, figure.target, state, pace, reached_on, _method(recent, pace))


def pace_of(points: Sequence[Point]) -> Decimal:
    """The slope per day of the least-squares line through the points; 0 for fewer than two days."""
    known = [(Decimal(point.day.toordinal()), point.value) for point in points if point.value is not None]
    if len(known) < 2:
        return Decimal(0)
    middle = sum((x for x, _ in known), Decimal(0)) / len(known)
    height = sum((y for _, y in known), Decimal(0)) / len(known)
    spread = sum(((x - middle) ** 2 for x, _ in known), Decimal(0))
    if not spread:
        return Decimal(0)
    slope = sum(((x - middle) * (y - height) for x, y in known), Decimal(0)) / spread
    return slope.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def rank(units: Iterable[UnitFigures], code: str) -> list[RankedUnit]:
    """The units by the indicator, best first; equal values share a place (1, 2, 2, 4), then by code."""
    found = [(each.unit, each.figures[code]) for each in units if code in each.figures and not each.is_rest]
    known = sorted(
        ((unit, figure, figure.value) for unit, figure in found if figure.value is not None),
        key=lambda entry: (-entry[2], entry[0].code),
    )
    ranked: list[RankedUnit] = []
    for number, (unit, figure, value) in enumerate(known, start=1):
        tied = bool(ranked) and ranked[-1].figure.value == value
        ranked.append(RankedUnit(ranked[-1].place if tied else number, unit, figure))
    unknown = sorted(((u, f) for u, f in found if f.value is None), key=lambda entry: entry[0].code)
    return ranked + [RankedUnit(None, unit, figure) for unit, figure in unknown]


def commendations(units: Iterable[UnitFigures], codes: Sequence[str]) -> list[tuple[Category, UnitName, Decimal]]:
    """Who may be put forward for commendation, best first: the mean share of the targets reached, each at most 100.

    `excellent` (xuất sắc) reached every target, `effective` (hiệu quả) 90 percent in the mean, `advanced` (tiên tiến)
    75 percent. Only units with a value for every target that they have are put forward.
    """
    proposals: list[tuple[Category, UnitName, Decimal]] = []
    for each in units:
        aimed = [each.figures[code] for code in codes if code in each.figures and each.figures[code].target]
        reached = [figure.reached for figure in aimed]
        scores = [min(score, Decimal(100)) for score in reached if score is not None]
        if each.is_rest or not scores or len(scores) < len(aimed):
            continue
        mean = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        if category := _category(mean):
            proposals.append((category, each.unit, mean))
    return sorted(proposals, key=lambda proposal: (-proposal[2], proposal[1].code))


def _goal(figure: Figure) -> Decimal | None:
    if figure.target is None:
        return None
    if figure.indicator.denominator is not None:
        return figure.target.percent
    return None if figure.target.count is None else Decimal(figure.target.count)


def _day_reached(missing: Decimal, pace: Decimal, as_of: date) -> date | None:
    if missing <= 0:
        return as_of
    if pace <= 0:
        return None
    days = int((missing / pace).to_integral_value(rounding=ROUND_CEILING))
    return as_of + timedelta(days=days) if days <= FARTHEST else None


def _state(
    missing: Decimal, reached_on: date | None, target: ReportTarget, as_of: date
) -> Literal["reached", "on_course", "late", "overdue", "standing_still"]:
    if missing <= 0:
        return "reached"
    if target.due_on is not None and target.due_on < as_of:
        return "overdue"
    if reached_on is None:
        return "standing_still"
    return "late" if target.due_on is not None and reached_on > target.due_on else "on_course"


def _method(points: Sequence[Point], pace: Decimal) -> BilingualText:
    days = (points[-1].day - points[0].day).days if points else 0
    return BilingualText(
        vi=f"Đường thẳng bình phương nhỏ nhất qua {len(points)} mốc trong {days} ngày gần nhất: {pace} mỗi ngày",
        en=f"Least-squares line through {len(points)} points of the last {days} days: {pace} per day",
    )


def _category(mean: Decimal) -> Category | None:
    if mean >= 100:
        return "excellent"
    if mean >= 90:
        return "effective"
    return "advanced" if mean >= 75 else None
