"""How far a unit is: its targets in the order of what is left to do, and those of the six steps that have no target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from reporting.figures import Figure, Forecast, Report

__all__ = ["Goal", "Standing", "standing_of"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with its target; `missing` is how many more are needed today, None where that is unknown."""

    figure: Figure
    forecast: Forecast | None
    missing: int | None

    @property
    def is_reached(self) -> bool:
        return self.figure.reached is not None and self.figure.reached >= 100


@dataclass(frozen=True, slots=True)
class Standing:
    """The goals, those furthest from their target first, and the figures of the steps without a target."""

    goals: list[Goal]
    steps: list[Figure]

    @property
    def reached(self) -> int:
        return sum(each.is_reached for each in self.goals)

    @property
    def unknown(self) -> int:
        """Targets whose figure is hidden or not there."""
        return sum(each.figure.reached is None for each in self.goals)


def standing_of(report: Report, steps: tuple[str, ...]) -> Standing:
    """What the first screen of a page answers."""
    forecasts = {each.code: each for each in report.forecasts}
    goals = [
        Goal(each, forecasts.get(each.code), _missing(each))
        for each in report.figures.values()
        if each.target is not None
    ]
    goals.sort(key=lambda goal: (goal.is_reached, goal.figure.reached is None, goal.figure.reached or 0))
    aimed = {each.figure.code for each in goals}
    return Standing(goals, [report.figures[code] for code in steps if code in report.figures.keys() - aimed])


def _missing(figure: Figure) -> int | None:
    target = figure.target
    if target is None or figure.numerator is None:
        return None
    if figure.indicator.denominator is None:
        return None if target.count is None else max(target.count - figure.numerator, 0)
    if target.percent is None or figure.denominator is None:
        return None
    needed = (target.percent * figure.denominator / Decimal(100)).to_integral_value(rounding=ROUND_CEILING)
    return max(int(needed) - figure.numerator, 0)
