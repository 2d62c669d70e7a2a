"""Days in the wording of Vietnamese plans."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.model.deadlines import DatePeriod, UnreadablePeriod, filing_state, is_overdue, read_period


@pytest.mark.parametrize(
    ("wording", "starts_on", "due_on"),
    [
        ("chậm nhất trước ngày 20/04/2024", None, date(2024, 4, 19)),
        ("Trước ngày 01/01/2025", None, date(2024, 12, 31)),
        ("hoàn thành trong tháng 06/2024", None, date(2024, 6, 30)),
        ("trong tháng 07/2024", date(2024, 7, 1), date(2024, 7, 31)),
        ("cao điểm tháng 7 và tháng 8 năm 2024", date(2024, 7, 1), date(2024, 8, 31)),
        ("Bắt đầu từ 20/04/2024 đến hết ngày 30/6/2024", date(2024, 4, 20), date(2024, 6, 30)),
        ("đến hết ngày 30/6/2024", None, date(2024, 6, 30)),
        ("ngày 08/07/2024", date(2024, 7, 8), date(2024, 7, 8)),
        ("tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_wording_of_a_plan_becomes_days(wording: str, starts_on: date | None, due_on: date) -> None:
    assert read_period(wording) == DatePeriod(starts_on, due_on)


@pytest.mark.parametrize("wording", ["", "sớm", "ngày 31/02/2024", "từ 30/06/2024 đến 20/04/2024", "tháng 13/2024"])
def test_a_wording_that_no_rule_reads_is_refused(wording: str) -> None:
    with pytest.raises(UnreadablePeriod):
        read_period(wording)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(wording: str) -> None:
    try:
        period = read_period(wording)
    except UnreadablePeriod:
        return
    assert period.due_on is not None


def test_before_the_twentieth_means_that_the_nineteenth_is_the_last_day() -> None:
    due_on = read_period("chậm nhất trước ngày 20/04/2024").due_on
    assert due_on is not None

    assert filing_state(due_on, date(2024, 4, 19)) == "on_time"
    assert filing_state(due_on, date(2024, 4, 20)) == "late"
    assert filing_state(due_on, None) == "missing"


def test_the_commune_plan_signed_on_8_july_is_late_against_its_own_june() -> None:
    due_on = read_period("hoàn thành trong tháng 06/2024").due_on
    assert due_on is not None

    assert filing_state(due_on, date(2024, 7, 8)) == "late"


@given(st.dates(date(2000, 1, 2), date(2100, 1, 1)), st.integers(-400, 400))
def test_on_time_and_late_meet_without_a_gap(due_on: date, days: int) -> None:
    assert filing_state(due_on, due_on + timedelta(days=days)) == ("on_time" if days <= 0 else "late")


def test_a_task_without_a_day_is_never_overdue() -> None:
    assert not is_overdue(None, None, date(2026, 1, 1))
    assert is_overdue(date(2025, 12, 31), None, date(2026, 1, 1))
    assert not is_overdue(date(2025, 12, 31), date(2026, 1, 5), date(2026, 1, 6))
