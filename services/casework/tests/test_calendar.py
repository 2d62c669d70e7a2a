"""Due dates worked out by hand against the calendars of 2025, 2026 and 2027."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.calendar import VIETNAM, Pause, TimeLimit, WorkingCalendar, load_calendar
from province import get_pack

CALENDAR = load_calendar(get_pack().calendar)
SAME_DAY = TimeLimit(kind="same_day")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def days(count: int) -> TimeLimit:
    return TimeLimit(kind="working_days", count=count)


def test_the_swap_of_new_year_2026_is_in_the_override_table() -> None:
    assert not CALENDAR.is_working_day(date(2026, 1, 2))
    assert CALENDAR.is_working_day(date(2026, 1, 10))


def test_swaps_the_package_knows_still_hold() -> None:
    assert not CALENDAR.is_working_day(date(2026, 8, 31))
    assert CALENDAR.is_working_day(date(2026, 8, 22))
    assert not CALENDAR.is_working_day(date(2026, 11, 24))


def test_a_day_cannot_be_both_off_and_working() -> None:
    line = {"date": "2026-01-02", "reason": "x"}
    with pytest.raises(ValidationError, match="both off and working"):
        WorkingCalendar.model_validate(
            CALENDAR.model_dump() | {"days_off": [line], "working_days": [line]},
        )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23T09:00", "2026-11-23T17:00"),  # Monday morning
        ("2026-11-23T15:00", "2026-11-23T17:00"),  # 15:00 sharp is not after 15:00
        ("2026-11-23T15:01", "2026-11-25T17:00"),  # Tuesday the 24th is Culture Day
        ("2026-11-21T10:00", "2026-11-23T17:00"),  # Saturday: Monday
        ("2026-11-21T16:00", "2026-11-23T17:00"),  # Saturday afternoon is no later than Saturday morning
        ("2026-01-01T16:00", "2026-01-05T17:00"),  # holiday Thursday, swapped Friday, weekend
        ("2026-01-09T15:01", "2026-01-10T17:00"),  # Friday after three: the worked Saturday
        ("2027-02-03T15:01", "2027-02-11T17:00"),  # eve of Tết 2027 (4 to 10 February)
        ("2026-11-23T22:30", "2026-11-25T17:00"),  # filed in the evening
    ],
)
def test_same_day_until_three_then_the_next_working_day(received: str, due: str) -> None:
    assert CALENDAR.due_at(SAME_DAY, at(received)) == at(due)


@pytest.mark.parametrize(
    ("received", "count", "due"),
    [
        ("2027-02-01T10:00", 3, "2027-02-11T17:00"),  # Tue 2, Wed 3, then Tết, Thu 11
        ("2027-02-03T16:30", 5, "2027-02-17T17:00"),  # Thu 11, Fri 12, Mon 15, Tue 16, Wed 17
        ("2026-01-08T08:00", 3, "2026-01-12T17:00"),  # Fri 9, worked Sat 10, Mon 12
        ("2025-12-31T08:00", 1, "2026-01-05T17:00"),  # over the swapped Friday
        ("2026-11-22T08:00", 1, "2026-11-23T17:00"),  # received on a Sunday: Monday is the first day
        ("2026-08-28T08:00", 2, "2026-09-04T17:00"),  # 31/08 off, 1 and 2/09 National Day: Thu 3, Fri 4
    ],
)
def test_working_days_start_the_day_after_receipt(received: str, count: int, due: str) -> None:
    assert CALENDAR.due_at(days(count), at(received)) == at(due)


def test_an_instant_is_read_in_vietnam_whatever_its_offset() -> None:
    assert CALENDAR.due_at(SAME_DAY, datetime.fromisoformat("2026-11-20T17:30:00+00:00")) == at("2026-11-23T17:00")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        CALENDAR.due_at(SAME_DAY, datetime(2026, 11, 20))  # noqa: DTZ001 - the naive instant is the case


def test_office_hours_run_over_lunch_nights_and_holidays() -> None:
    eight = TimeLimit(kind="working_hours", count=8)

    assert CALENDAR.due_at(eight, at("2026-11-23T10:30")) == at("2026-11-25T10:30")
    assert CALENDAR.due_at(eight, at("2026-11-21T10:30")) == at("2026-11-23T17:00")
    assert CALENDAR.due_at(TimeLimit(kind="working_hours", count=2), at("2026-11-23T10:30")) == at("2026-11-23T14:00")


def test_calendar_days_that_end_on_a_holiday_move_to_the_next_working_day() -> None:
    assert CALENDAR.due_at(TimeLimit(kind="calendar_days", count=23), at("2027-01-13T09:00")) == at("2027-02-11T17:00")


def test_a_supplement_request_moves_the_due_date_by_the_working_days_it_lasted() -> None:
    pause = Pause(at("2027-02-02T09:00"), at("2027-02-12T09:00"))  # Wed 3, Thu 11, Fri 12

    assert CALENDAR.due_at(days(3), at("2027-02-01T10:00"), [pause]) == at("2027-02-16T17:00")


def test_a_supplement_brought_the_same_day_costs_nothing() -> None:
    pause = Pause(at("2026-11-25T09:00"), at("2026-11-25T11:00"))

    assert CALENDAR.due_at(days(3), at("2026-11-23T10:00"), [pause]) == at("2026-11-27T17:00")


def test_a_running_pause_does_not_move_the_due_date_yet() -> None:
    assert CALENDAR.due_at(days(1), at("2026-11-26T10:00"), [Pause(at("2026-11-26T11:00"), None)]) == at(
        "2026-11-27T17:00"
    )


def test_a_same_day_case_starts_anew_with_its_supplement() -> None:
    pause = Pause(at("2026-11-23T10:00"), at("2026-11-25T15:01"))

    assert CALENDAR.due_at(SAME_DAY, at("2026-11-23T09:00"), [pause]) == at("2026-11-26T17:00")


def test_a_same_day_case_that_was_late_before_its_supplement_was_asked_for_stays_late() -> None:
    pause = Pause(at("2026-11-25T10:00"), at("2026-11-26T10:00"))

    assert CALENDAR.due_at(SAME_DAY, at("2026-11-23T09:00"), [pause]) == at("2026-11-23T17:00")


def test_paused_office_hours_are_given_back() -> None:
    pause = Pause(at("2026-11-23T11:00"), at("2026-11-23T15:00"))  # 30 minutes before lunch, two hours after

    assert CALENDAR.due_at(TimeLimit(kind="working_hours", count=2), at("2026-11-23T10:00"), [pause]) == at(
        "2026-11-23T16:00"
    )


@pytest.mark.parametrize(
    ("limit", "resumed"),
    [
        (days(3), "2026-12-09T17:00"), (TimeLimit(kind="calendar_days", count=5), "2026-12-09T17:00"),
        (SAME_DAY, "2026-12-03T17:00"),
    ],
)  # fmt: skip
def test_a_pause_moves_a_date_that_an_apology_promised(limit: TimeLimit, resumed: str) -> None:
    promised, pause = at("2026-12-02T17:00"), Pause(at("2026-11-26T09:00"), at("2026-12-03T09:00"))

    assert CALENDAR.resumed(limit, promised, pause) == at(resumed)
    assert CALENDAR.resumed(limit, promised, Pause(pause.start, None)) == promised


def test_feedback_is_handled_in_fifteen_working_days() -> None:
    limits = CALENDAR.feedback["conduct"]

    assert CALENDAR.deadline(at("2027-01-20T09:00"), limits.handle) == at("2027-02-17T17:00")
    assert CALENDAR.deadline(at("2027-01-20T09:00"), limits.refuse) == at("2027-01-22T17:00")


def test_a_limit_without_a_count_is_refused() -> None:
    with pytest.raises(ValidationError):
        TimeLimit(kind="working_days")
    with pytest.raises(ValidationError):
        TimeLimit(kind="same_day", count=1)


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda naive: naive.replace(tzinfo=VIETNAM))  # noqa: DTZ001 - given an offset at once


@settings(max_examples=60, deadline=None)
@given(received=INSTANTS, count=st.integers(1, 30))
def test_a_due_date_is_always_a_working_day_after_receipt(received: datetime, count: int) -> None:
    due = CALENDAR.due_at(days(count), received)

    assert CALENDAR.is_working_day(due.date())
    assert due > received
    assert CALENDAR.working_days_between(received.date(), due.date()) == count


@settings(max_examples=40, deadline=None)
@given(start=INSTANTS, hours=st.integers(1, 60))
def test_adding_office_time_and_measuring_it_agree(start: datetime, hours: int) -> None:
    end = CALENDAR.add_working_time(start, timedelta(hours=hours))

    assert CALENDAR.working_time(start, end) == timedelta(hours=hours)
