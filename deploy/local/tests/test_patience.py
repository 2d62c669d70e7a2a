"""Waits follow the machine and the work: not the clock alone."""

import pytest

from deploy.local import patience
from deploy.local.patience import Patience, crowd, wait_while_it_moves


class Machine:
    """A clock and a load that a test moves."""

    def __init__(self) -> None:
        self.now, self.wanted = 0.0, 1.0

    def patience(self, seconds: float) -> Patience:
        return Patience(seconds, clock=lambda: self.now, crowd=lambda: self.wanted)


def test_on_an_idle_machine_a_second_is_a_second() -> None:
    machine = Machine()
    waiting = machine.patience(60)
    machine.now = 60
    assert not waiting.is_over()
    machine.now = 61
    assert waiting.is_over()


def test_where_twenty_want_each_core_it_waits_twenty_times_as_long() -> None:
    machine = Machine()
    machine.wanted = 20
    waiting = machine.patience(60)
    machine.now = 1100
    assert not waiting.is_over()
    machine.now = 1300
    assert waiting.is_over()


def test_a_load_that_ends_stops_stretching_the_time() -> None:
    machine = Machine()
    machine.wanted = 20
    waiting = machine.patience(60)
    machine.now = 600  # thirty seconds' worth
    assert not waiting.is_over()
    machine.wanted = 1
    machine.now = 629
    assert not waiting.is_over()
    machine.now = 631
    assert waiting.is_over()


def test_whatever_moves_begins_the_time_anew() -> None:
    machine = Machine()
    waiting = machine.patience(60)
    for count in range(10):
        machine.now += 50
        assert not waiting.is_over(count)
    machine.now += 61
    assert waiting.is_over(9)


def test_the_load_is_never_less_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(patience.os, "getloadavg", lambda: (50.0, 0.0, 0.0))
    assert crowd() == 25
    monkeypatch.setattr(patience.os, "getloadavg", lambda: (0.1, 0.0, 0.0))
    assert crowd() == 1


def test_it_returns_what_it_waited_for_and_gives_up_when_nothing_moves() -> None:
    answers = iter([None, None, "there"])
    assert wait_while_it_moves("it", lambda: next(answers), lambda: 0, 60) == "there"
    assert wait_while_it_moves("it", lambda: None, lambda: 0, 0.2) is None


def test_it_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(patience, "BETWEEN_LINES", 0.1)
    wait_while_it_moves("the units", lambda: None, lambda: "12 of 740", 0.4)
    assert "still waiting for the units: 12 of 740" in capsys.readouterr().out
