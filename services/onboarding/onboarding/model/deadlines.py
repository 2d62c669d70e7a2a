"""When something is due, in the wording of Vietnamese plans, and whether it was handed in on time."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

FilingState = Literal["on_time", "late", "missing"]


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years in which plans may lie; others are mistakes of typing."""


class UnreadablePeriod(ValueError):
    """A wording of time that no rule of this page reads."""


@dataclass(frozen=True)
class DatePeriod:
    """The first and the last day, both included; None where the wording gives none."""

    starts_on: date | None
    due_on: date | None


def read_period(wording: str) -> DatePeriod:
    """Days of a wording such as "trước ngày 20/04/2024" (the last day is the 19th) or "hoàn thành trong tháng 06/2024".

    Raises UnreadablePeriod where no rule fits or a day does not exist.
    """
    text = re.sub(r"\s+", " ", wording.strip().lower())
    for pattern, read in _WORDINGS:
        if found := pattern.fullmatch(text):
            return read(found)
    raise UnreadablePeriod(wording)


def filing_state(due_on: date, filed_on: date | None) -> FilingState:
    """The day that is due still counts as on time."""
    if filed_on is None:
        return "missing"
    return "on_time" if filed_on <= due_on else "late"


def is_overdue(due_on: date | None, done_on: date | None, today: date) -> bool:
    """Not done though its last day has passed."""
    return due_on is not None and done_on is None and today > due_on


def _before(found: re.Match[str]) -> DatePeriod:
    return DatePeriod(None, _day(found, "a") - timedelta(days=1))


def _until(found: re.Match[str]) -> DatePeriod:
    return DatePeriod(None, _day(found, "a"))


def _between(found: re.Match[str]) -> DatePeriod:
    return _ordered(DatePeriod(_day(found, "a"), _day(found, "b")), found)


def _on(found: re.Match[str]) -> DatePeriod:
    return DatePeriod(_day(found, "a"), _day(found, "a"))


def _finished_in_month(found: re.Match[str]) -> DatePeriod:
    return DatePeriod(None, _month(found, found["m"])[1])


def _in_months(found: re.Match[str]) -> DatePeriod:
    first, last = _month(found, found["m"]), _month(found, found["n"] or found["m"])
    return _ordered(DatePeriod(first[0], last[1]), found)


def _day(found: re.Match[str], name: str) -> date:
    day, month, year = (int(part) for part in found[name].split("/"))
    return _existing(found, year, month, day)


def _month(found: re.Match[str], month: str) -> tuple[date, date]:
    first = _existing(found, int(found["y"]), int(month), 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _existing(found: re.Match[str], year: int, month: int, day: int) -> date:
    try:
        read = date(year, month, day)
    except ValueError as error:
        raise UnreadablePeriod(found.string) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadablePeriod(found.string)
    return read


def _ordered(period: DatePeriod, found: re.Match[str]) -> DatePeriod:
    if period.starts_on and period.due_on and period.starts_on > period.due_on:
        raise UnreadablePeriod(found.string)
    return period


def _day_named(name: str) -> str:
    return rf"(?:ngày )?(?P<{name}>\d{{1,2}}/\d{{1,2}}/\d{{4}})"


_WORDINGS = [
    (re.compile(rf"(?:chậm nhất )?trước {_day_named('a')}"), _before),
    (re.compile(rf"(?:hoàn thành |chậm nhất )*(?:đến hết|đến|trong) {_day_named('a')}"), _until),
    (re.compile(rf"(?:bắt đầu )?từ {_day_named('a')} đến (?:hết )?{_day_named('b')}"), _between),
    (re.compile(_day_named("a")), _on),
    (re.compile(r"hoàn thành trong tháng (?P<m>\d{1,2})/(?P<y>\d{4})"), _finished_in_month),
    (
        re.compile(
            r"(?:trong |cao điểm )?tháng (?P<m>\d{1,2})(?: (?:và|đến) (?:tháng )?(?P<n>\d{1,2}))?(?:/| năm )(?P<y>\d{4})"
        ),
        _in_months,
    ),
]
