from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reporting.disclosure import public_figure
from reporting.figures import Figure, Point, ReportTarget, UnitFigures, UnitName
from reporting.forecasts import commendations, forecast, pace_of, rank
from reporting.indicators import catalogue
from reporting.texts import Texts

AS_OF = date(2026, 6, 30)


def figure(percent: int, target: int | None = 80, *, due: date | None = None, trend: list[int] | None = None) -> Figure:
    points = tuple(
        Point(AS_OF - timedelta(days=7 * ago), value, 100, Decimal(value))
        for ago, value in enumerate(reversed(trend or []))
    )
    goal = ReportTarget(Decimal(target), None, due) if target is not None else None
    return Figure(catalogue().indicators["payment_account"], percent, 100, goal, points[::-1])


def unit(code: str, *figures: Figure) -> UnitFigures:
    return UnitFigures(UnitName(code, code, "village"), {each.code: each for each in figures})


def test_a_target_is_reached_at_the_pace_of_the_last_four_weeks() -> None:
    found = forecast(figure(60, due=date(2026, 8, 31), trend=[32, 39, 46, 53, 60]), AS_OF)
    assert found is not None
    assert (found.state, found.pace_per_day, found.reached_on) == ("on_course", Decimal(1), date(2026, 7, 20))
    assert "5 points" in found.method.en


def test_a_forecast_after_the_deadline_is_late_and_none_is_made_without_growth() -> None:
    late = forecast(figure(60, due=date(2026, 7, 1), trend=[32, 39, 46, 53, 60]), AS_OF)
    still = forecast(figure(60, trend=[60, 60, 60]), AS_OF)
    reached = forecast(figure(80, trend=[79, 80]), AS_OF)
    assert late is not None
    assert still is not None
    assert reached is not None
    assert (late.state, still.state, reached.state) == ("late", "standing_still", "reached")
    assert still.reached_on is None
    overdue = forecast(figure(60, due=AS_OF - timedelta(days=1), trend=[32, 39, 46, 53, 60]), AS_OF)
    assert overdue is not None
    assert (overdue.state, overdue.reached_on) == ("overdue", date(2026, 7, 20))
    assert (
        Texts("vi").forecast_line(overdue)
        == f"Quá hạn {Texts('vi').day(AS_OF - timedelta(days=1))}, dự kiến 20/07/2026"
    )
    assert forecast(figure(60, target=None), AS_OF) is None


@given(st.lists(st.integers(0, 100), min_size=2, max_size=30))
def test_a_steady_rise_has_its_own_slope(values: list[int]) -> None:
    rising = [Point(AS_OF + timedelta(days=n), n, None, Decimal(3 * n)) for n in range(len(values))]
    assert pace_of(rising) == 3


def test_equal_values_share_a_place_and_units_without_a_value_have_none() -> None:
    unknown = Figure(catalogue().indicators["payment_account"], 0, 0)
    ranked = rank([unit("b", figure(50)), unit("a", figure(50)), unit("c", figure(70)), unit("d", unknown)],
                  "payment_account")  # fmt: skip
    assert [(each.place, each.unit.code) for each in ranked] == [(1, "c"), (2, "a"), (2, "b"), (None, "d")]


def test_who_reached_every_target_is_excellent() -> None:
    proposals = commendations(
        [unit("a", figure(80)), unit("b", figure(73)), unit("c", figure(61)), unit("d", figure(10))],
        ["payment_account"],
    )
    assert [(category, found.code) for category, found, _ in proposals] == [
        ("excellent", "a"),
        ("effective", "b"),
        ("advanced", "c"),
    ]


@given(st.integers(0, 30), st.integers(0, 30))
def test_no_public_cell_shows_fewer_than_five(numerator: int, denominator: int) -> None:
    shown = public_figure(Figure(catalogue().indicators["payment_account"], numerator, denominator))
    assert shown.numerator is None or shown.numerator >= 5
    assert shown.denominator is None or shown.denominator >= 5
    assert shown.percent is None or not shown.is_hidden
