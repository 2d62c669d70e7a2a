"""A value that changes from day to day, and what is contributed to which counter on which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from chassis.clock import local_date

__all__ = ["BEGINNING", "Contributions", "Timeline", "contribute", "counting_day", "daily_contributions"]

T = TypeVar("T")
P = TypeVar("P")

BEGINNING = date(2023, 1, 1)
"""The first day with a figure; the pilot of the model began on 1 June 2023. What is older counts from here on."""

Contributions = Counter[tuple[str, str, date]]
"""By unit id, counter and day: how much the counter changes there on that day."""


def counting_day(at: datetime) -> date:
    """The day in Viet Nam on which `at` falls, never before the beginning."""
    return max(local_date(at), BEGINNING)


class Timeline(Generic[T]):
    """From which day on which value holds. A later statement about a day replaces everything from that day on."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[tuple[date, T]] = ()) -> None:
        self._entries = list(entries)

    def set_from(self, day: date, value: T) -> None:
        """From `day` on, `value` holds."""
        self._entries = [entry for entry in self._entries if entry[0] < day]
        if not self._entries or self._entries[-1][1] != value:
            self._entries.append((day, value))

    def replace_last(self, value: T) -> None:
        """The value that holds now was wrong: `value` holds since the same day."""
        self.set_from(self._entries[-1][0], value) if self._entries else self.set_from(BEGINNING, value)

    def at(self, day: date) -> T | None:
        """What holds on `day`; None before the first entry."""
        found: T | None = None
        for since, value in self._entries:
            if since > day:
                break
            found = value
        return found

    def last(self) -> T | None:
        """What holds in the end."""
        return self._entries[-1][1] if self._entries else None

    def days(self) -> Iterator[date]:
        """The days on which the value changes."""
        return (day for day, _ in self._entries)

    def entries(self) -> list[tuple[date, T]]:
        return self._entries

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Stored as a list of pairs."""
        (value,) = get_args(source)
        entries = handler.generate_schema(list[tuple[date, value]])  # type: ignore[valid-type]  # known when it runs
        return core_schema.no_info_after_validator_function(
            cls, entries, serialization=core_schema.plain_serializer_function_ser_schema(cls.entries)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and self._entries == other._entries

    def __repr__(self) -> str:
        return f"Timeline({self._entries!r})"

    __hash__ = None  # type: ignore[assignment]  # it changes


def daily_contributions(
    days: Iterable[date], counted_on: Callable[[date], Collection[tuple[P, str]]]
) -> Counter[tuple[P, str, date]]:
    """The contributions of one entity that counts 1 in each (place, counter) that `counted_on` names for a day.

    `days` are all the days on which the answer may change; those before the beginning count as the beginning.
    """
    contributions: Counter[tuple[P, str, date]] = Counter()
    before: set[tuple[P, str]] = set()
    for day in sorted({max(day, BEGINNING) for day in days}):
        now = set(counted_on(day))
        for place, counter in now - before:
            contributions[place, counter, day] += 1
        for place, counter in before - now:
            contributions[place, counter, day] -= 1
        before = now
    return contributions


def contribute(contributions: Contributions, unit_id: str, counter: str, day: date, amount: int = 1) -> None:
    """Counts `amount` from `day` on."""
    if amount:
        contributions[unit_id, counter, max(day, BEGINNING)] += amount
