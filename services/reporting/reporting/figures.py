"""A report as plain values: the input of pages, exports and forecasts, independent of how it was counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from chassis.bilingual import BilingualText
from reporting.indicators import Indicator, catalogue, share

__all__ = [
    "SMALLEST_PUBLIC_CELL",
    "CampaignEvaluation",
    "CampaignPlan",
    "Figure",
    "Forecast",
    "Milestone",
    "Obstacle",
    "Point",
    "Reconciliation",
    "Report",
    "ReportPeriod",
    "ReportTarget",
    "UnitFigures",
    "UnitName",
    "tree_position",
]

SMALLEST_PUBLIC_CELL = 5
"""A public table shows no count under this: few people in a cell could be recognised."""


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """The target of a plan by `due_on`: a share in percent, or a count."""

    percent: Decimal | None = None
    count: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """An indicator on one day; `value` is the share in percent where there is a denominator, else the count."""

    day: date
    numerator: int | None
    denominator: int | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one unit. `is_hidden`: a count is too small to be shown to the public."""

    indicator: Indicator
    numerator: int | None
    denominator: int | None = None
    target: ReportTarget | None = None
    trend: tuple[Point, ...] = ()
    is_hidden: bool = False

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def percent(self) -> Decimal | None:
        return None if self.numerator is None else share(self.numerator, self.denominator)

    @property
    def value(self) -> Decimal | None:
        """What is compared and drawn: the share where there is a denominator, else the count."""
        if self.indicator.denominator is not None:
            return self.percent
        return None if self.numerator is None else Decimal(self.numerator)

    @property
    def reached(self) -> Decimal | None:
        """How much of the target is reached, in percent of the target; None without a target or a value."""
        if self.target is None:
            return None
        if self.target.percent is not None and self.percent is not None:
            return self.percent * 100 / self.target.percent if self.target.percent else Decimal(100)
        if self.target.count is not None and self.numerator is not None:
            return Decimal(self.numerator * 100) / self.target.count if self.target.count else Decimal(100)
        return None


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit as it was called on the day of the report."""

    code: str
    name: str
    level: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The figures of one unit by indicator code; `is_rest` is what belongs to the parent and to none of its children."""

    unit: UnitName
    figures: dict[str, Figure]
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """How many people of 15 and over have not completed a step and lack a condition of it."""

    step: str
    condition: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the plan: planned and done on which day."""

    number: int
    title: str
    status: str
    starts_on: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignEvaluation:
    """The unit's own evaluation of its campaign."""

    results: str = ""
    limits: str = ""
    causes: str = ""
    lessons: str = ""
    proposals: str = ""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The campaign that covers the unit, with its plan's number, basis and recipients as far as known."""

    title: str
    template: str = "custom"
    number: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    milestones: tuple[Milestone, ...] = ()
    basis: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    evaluation: CampaignEvaluation | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a target will be reached at the pace of the last days; `method` is how that was computed."""

    code: str
    target: ReportTarget
    state: Literal["reached", "on_course", "late", "overdue", "standing_still"]
    pace_per_day: Decimal
    reached_on: date | None
    method: BilingualText


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A count of this service beside the one that the owner of the data announced."""

    service: str
    unit_code: str
    indicator: str
    announced: int
    projected: int
    taken_at: datetime

    @property
    def differs(self) -> bool:
        return self.announced != self.projected


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """The days that a report is about, the first and the last included: a week, a month, or any others."""

    kind: Literal["week", "month", "days"]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one page or one export shows of a unit on a day."""

    unit: UnitName
    as_of: date
    fresh_at: datetime
    figures: dict[str, Figure]
    children: tuple[UnitFigures, ...] = ()
    ancestors: tuple[UnitName, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    plans: tuple[CampaignPlan, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    reconciliation: tuple[Reconciliation, ...] = ()
    is_public: bool = True
    period: ReportPeriod | None = None
    before: dict[str, Figure] = field(default_factory=dict)
    """The figures of the unit at the end of the day before the period."""

    def names(self) -> dict[str, str]:
        """By code, the names of the children; with the code where two have one name, as in communes that were merged."""
        units = [each.unit for each in self.children if not each.is_rest]
        often = Counter(unit.name for unit in units)
        return {unit.code: unit.name if often[unit.name] < 2 else f"{unit.name} ({unit.code})" for unit in units}

    def change(self, code: str) -> int | None:
        """How much the count of an indicator has grown in the period; None without a period."""
        now, then = self.figures[code].numerator, self.before[code].numerator if code in self.before else None
        return None if now is None or then is None else now - then

    def aimed_at(self) -> list[Figure]:
        """The figures that a report lists: those of the base, and the variants by population that have a target."""
        return [each for each in self.figures.values() if not each.indicator.population or each.target]

    def of_base(self) -> list[Figure]:
        """The figures without the variants by population, in the order of the catalogue."""
        return [self.figures[each.code] for each in catalogue().base() if each.code in self.figures]

    def of_pillar(self, pillar: str) -> list[Figure]:
        return [figure for figure in self.of_base() if figure.indicator.pillar == pillar]

    def most_obstructed(self) -> int:
        """The largest number of people that one missing condition holds back; at least 1."""
        return max((each.people or 0 for each in self.obstacles), default=1) or 1


def tree_position(report: Report) -> list[UnitName]:
    """From the province down to the unit itself."""
    return [*report.ancestors, report.unit]
