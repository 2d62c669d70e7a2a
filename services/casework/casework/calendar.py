"""The working calendar of Vietnam: which days and hours count, and when something is due.

Pure: no database, no clock. Instants go in and come out with an offset; days are days in Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from province.working_days import DayTable, WorkingDays, working_days_with

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

LimitKind = Literal["same_day", "working_days", "working_hours", "calendar_days"]


class TimeLimit(BaseModel):
    """How long an agency may take, counted from valid receipt. `count` is 0 for `same_day`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LimitKind
    count: int = Field(default=0, ge=0)
    verified: bool = True

    @model_validator(mode="after")
    def _a_counted_limit_has_a_count(self) -> "TimeLimit":
        if (self.kind == "same_day") != (self.count == 0):
            raise ValueError("same_day has no count, every other limit has one")
        return self


class Pause(NamedTuple):
    """A supplement request: the clock stands from `start` until `end` (None: still waiting)."""

    start: datetime
    end: datetime | None


class FeedbackDeadlines(BaseModel):
    """Working days for each duty towards one category of feedback (Decision 766/QĐ-TTg, indicator 5.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refuse: int
    ask_supplement: int
    handle: int
    publish: int
    verified: bool


# How fast a fault is to be mended; no readable source settles it, so every province may set its own.
INCIDENTS = {
    "high": TimeLimit(kind="working_hours", count=4, verified=False),
    "normal": TimeLimit(kind="working_days", count=2, verified=False),
    "low": TimeLimit(kind="working_days", count=5, verified=False),
}


class WorkingCalendar(DayTable):
    """The calendar of a province: its days on top of the country's, its hours and the deadlines that it sets."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    office_hours: tuple[tuple[time, time], ...]
    same_day_cutoff: time
    feedback: Mapping[str, FeedbackDeadlines]
    incidents: Mapping[str, TimeLimit] = INCIDENTS

    @model_validator(mode="after")
    def _an_office_opens_before_it_closes(self) -> "WorkingCalendar":
        if any(start >= end for start, end in self.office_hours):
            raise ValueError("office hours end before they start")
        return self

    @cached_property
    def _worked(self) -> WorkingDays:
        return working_days_with(self)

    def is_working_day(self, day: date) -> bool:
        """Whether State agencies work on `day`."""
        return day in self._worked

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is worked, else the first working day after it."""
        return self._worked.first_from(day)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is never counted."""
        return self._worked.after(day, count)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def due_at(self, limit: TimeLimit, received_at: datetime, pauses: Iterable[Pause] = ()) -> datetime:
        """When a case received at `received_at` must be settled; finished pauses move it, a running one does not yet.

        Days end at the close of the office. A pause costs the working days (or hours) it lasted; a same-day case
        starts anew with its supplement.
        """
        ended = [(pause.start, pause.end) for pause in pauses if pause.end is not None]
        if limit.kind == "same_day":
            promised = self._same_day(received_at)
            for start, end in ended:
                promised = self.resumed(limit, promised, Pause(start, end))
            return promised
        if limit.kind == "working_hours":
            lost = sum((self.working_time(start, end) for start, end in ended), timedelta())
            return self.add_working_time(received_at, timedelta(hours=limit.count) + lost)
        if limit.kind == "calendar_days":
            lost_days = sum((_day(end) - _day(start)).days for start, end in ended)
            return self._close_of(self.next_working_day(_day(received_at) + timedelta(days=limit.count + lost_days)))
        paused = sum(self.working_days_between(_day(start), _day(end)) for start, end in ended)
        return self._close_of(self.add_working_days(_day(received_at), limit.count + paused))

    def resumed(self, limit: TimeLimit, promised: datetime, pause: Pause) -> datetime:
        """A promised date after a pause that has ended: moved by the working time that the pause lasted.

        A same-day case starts anew with its supplement, unless it was late before the supplement was asked for.
        """
        if pause.end is None:
            return promised
        if limit.kind == "same_day":
            return promised if pause.start > promised else max(promised, self._same_day(pause.end))
        if limit.kind == "working_hours":
            return self.add_working_time(promised, self.working_time(pause.start, pause.end))
        if limit.kind == "calendar_days":
            days = (_day(pause.end) - _day(pause.start)).days
            return self._close_of(self.next_working_day(_day(promised) + timedelta(days=days)))
        lost = self.working_days_between(_day(pause.start), _day(pause.end))
        return self._close_of(self.add_working_days(_day(promised), lost))

    def deadline(self, since: datetime, working_days: int) -> datetime:
        """The close of the office on the `working_days`-th working day after `since`."""
        return self._close_of(self.add_working_days(_day(since), working_days))

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Office time between two instants."""
        spans = self._office_spans(_day(start), _day(end))
        return sum((max(min(end, b) - max(start, a), timedelta()) for a, b in spans), timedelta())

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant at which `amount` of office time has passed since `start`."""
        day = _day(start)
        while True:
            for opens, closes in self._office_spans(day, day):
                available = closes - max(start, opens)
                if available <= timedelta():
                    continue
                if amount <= available:
                    return max(start, opens) + amount
                amount -= available
            day += timedelta(days=1)

    def _same_day(self, received_at: datetime) -> datetime:
        local = _local(received_at)
        day = local.date()
        if self.is_working_day(day) and local.time() > self.same_day_cutoff:
            day += timedelta(days=1)
        return self._close_of(self.next_working_day(day))

    def _close_of(self, day: date) -> datetime:
        return datetime.combine(day, self.office_hours[-1][1], VIETNAM)

    def _office_spans(self, first: date, last: date) -> Sequence[tuple[datetime, datetime]]:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [
            (datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM))
            for day in days
            if self.is_working_day(day)
            for opens, closes in self.office_hours
        ]


@cache
def load_calendar(file: Path) -> WorkingCalendar:
    """The calendar of `file`; raises ValueError when a line of it is wrong."""
    return WorkingCalendar.model_validate(yaml.safe_load(file.read_text("utf-8")))


def _day(instant: datetime) -> date:
    return _local(instant).date()


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(VIETNAM)
