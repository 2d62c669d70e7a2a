"""Progress of a unit and of the units below it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from reporting.figures import Figure, Report, UnitFigures
from reporting.schemas.numbers import as_number

Level = Literal["province", "district", "commune", "village"]


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
            percent=as_number(figure.percent),
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
            "percent": as_number(each.percent),
            "target": _goal(each),
        }
        for each in figures
    ]


def _goal(figure: Figure) -> float | None:
    if figure.target is None:
        return None
    return as_number(figure.target.percent if figure.target.percent is not None else figure.target.count)
