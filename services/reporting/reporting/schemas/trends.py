"""The course of one indicator."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from reporting.figures import Point
from reporting.schemas.numbers import as_number


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
        return cls(
            day=point.day, numerator=point.numerator, denominator=point.denominator, value=as_number(point.value)
        )


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
