"""Which days are worked in Viet Nam: one table for the country, and the days that a province changes on top of it.

The country's part is the `holidays` package with `national_days.toml` for what it does not know; the province's part is
`days_off` and `working_days` of its calendar.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

import holidays
import yaml
from pydantic import BaseModel, ConfigDict, model_validator


class ChangedDay(BaseModel):
    """A swapped, compensated or local day, and who decided it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: date
    reason: str


class DayTable(BaseModel):
    """The days of one authority. A calendar has more, which others read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    days_off: tuple[ChangedDay, ...] = ()
    working_days: tuple[ChangedDay, ...] = ()

    @model_validator(mode="after")
    def _a_day_is_either_on_or_off(self) -> Self:
        if both := _dates(self.days_off) & _dates(self.working_days):
            raise ValueError(f"both off and working: {', '.join(str(day) for day in sorted(both))}")
        return self


class WorkingDays:
    """The days on which State agencies work; the last table that names a day decides."""

    def __init__(self, *tables: DayTable) -> None:
        self._decided: dict[date, bool] = {}
        for table in tables:
            self._decided |= dict.fromkeys(_dates(table.days_off), False)
            self._decided |= dict.fromkeys(_dates(table.working_days), True)
        self._public = holidays.country_holidays("VN")

    def __contains__(self, day: date) -> bool:
        """Whether `day` is worked."""
        decided = self._decided.get(day)
        return bool(self._public.is_working_day(day)) if decided is None else decided

    def first_from(self, day: date) -> date:
        """`day` itself when it is worked, else the first working day after it."""
        while day not in self:
            day += timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is never counted (Civil Code 2015, art. 147)."""
        for _ in range(count):
            day = self.first_from(day + timedelta(days=1))
        return day


def working_days_with(province: DayTable) -> WorkingDays:
    """The country's days under those of a province."""
    return WorkingDays(_national(), province)


@cache
def load_working_days(calendar: Path) -> WorkingDays:
    """The working days by the calendar of a province; raises ValueError when a line of it is wrong."""
    return working_days_with(DayTable.model_validate(yaml.safe_load(calendar.read_text("utf-8"))))


@cache
def _national() -> DayTable:
    return DayTable.model_validate(tomllib.loads(files(__package__).joinpath("national_days.toml").read_text("utf-8")))


def _dates(lines: Iterable[ChangedDay]) -> frozenset[date]:
    return frozenset(line.date for line in lines)
