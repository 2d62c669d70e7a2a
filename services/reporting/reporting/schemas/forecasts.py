"""Targets that are in danger."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from reporting.figures import Forecast
from reporting.schemas.numbers import as_number


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
            target=as_number(target.percent if target.percent is not None else target.count),
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
