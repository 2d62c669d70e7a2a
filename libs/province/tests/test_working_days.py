from datetime import date
from pathlib import Path

import pytest

from province import ChangedDay, get_pack, load_working_days
from province.working_days import DayTable, working_days_with

COUNTRY = working_days_with(DayTable())


def decided(*days: str) -> tuple[ChangedDay, ...]:
    return tuple(ChangedDay(date=date.fromisoformat(day), reason="a test") for day in days)


def test_the_country_swap_that_the_package_does_not_know_holds_in_every_province() -> None:
    assert date(2026, 1, 2) not in COUNTRY
    assert date(2026, 1, 10) in COUNTRY
    assert date(2026, 1, 2) not in load_working_days(get_pack().calendar)


def test_public_holidays_and_weekends_are_off() -> None:
    days = ("2026-04-30", "2026-05-01", "2026-09-02", "2026-11-28", "2026-11-29")
    assert not [day for day in days if date.fromisoformat(day) in COUNTRY]
    assert date(2026, 11, 27) in COUNTRY


def test_the_days_of_a_province_come_on_top_and_win_over_the_country() -> None:
    own = working_days_with(DayTable(days_off=decided("2026-12-07"), working_days=decided("2026-12-05", "2026-01-02")))
    assert date(2026, 12, 7) in COUNTRY
    assert date(2026, 12, 7) not in own
    assert date(2026, 12, 5) in own
    assert date(2026, 1, 2) in own
    assert date(2026, 1, 10) in own  # of the country; the province said nothing about it


def test_working_days_after_a_day_skip_what_is_off() -> None:
    own = working_days_with(DayTable(days_off=decided("2026-12-07")))
    assert COUNTRY.after(date(2026, 12, 4), 1) == date(2026, 12, 7)
    assert own.after(date(2026, 12, 4), 1) == date(2026, 12, 8)
    assert own.first_from(date(2026, 12, 5)) == date(2026, 12, 8)
    assert own.after(date(2026, 12, 4), 0) == date(2026, 12, 4)


def test_a_day_is_either_off_or_worked(tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.yaml"
    calendar.write_text("days_off: [{date: 2026-12-07, reason: x}]\nworking_days: [{date: 2026-12-07, reason: y}]\n")
    with pytest.raises(ValueError, match="both off and working: 2026-12-07"):
        load_working_days(calendar)


def test_a_line_without_a_reason_is_refused(tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.yaml"
    calendar.write_text("days_off: [{date: 2026-12-07}]\n")
    with pytest.raises(ValueError, match="reason"):
        load_working_days(calendar)
