"""A service is given as many calls as it answers in good time."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import Crowded
from gateway.room import LEAST, SECONDS_WANTED, Room


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Shop:
    """A service behind its room: it ends `pace` calls a second, one after the other, and time passes meanwhile."""

    def __init__(self, most: int = 512) -> None:
        self.clock = Clock()
        self.room = Room("shop", most, clock=self.clock)
        self.queue: deque[float] = deque()
        self.waited: list[float] = []

    def open(self, *, seconds: float, arrivals: float, pace: float) -> tuple[int, int]:
        """Calls that come and go for a while: how many were answered, how many were refused."""
        answered = refused = 0
        until, due = self.clock.now + seconds, 0.0
        while self.clock.now < until:
            self.clock.now += 1 / pace
            due += arrivals / pace
            while due >= 1:
                due -= 1
                try:
                    self.queue.append(self.room.enter())
                except Crowded:
                    refused += 1
            if self.queue:
                began = self.queue.popleft()
                self.waited.append(self.clock.now - began)
                self.room.leave(began, tells=True)
                answered += 1
        return answered, refused


def test_a_service_in_good_time_is_given_whatever_comes() -> None:
    shop = Shop()

    assert shop.open(seconds=30, arrivals=80, pace=100) == (pytest.approx(2400, rel=0.02), 0)
    assert shop.room.limit == 512


def test_an_overloaded_service_goes_on_at_full_pace_and_nobody_it_takes_waits_long() -> None:
    shop = Shop()
    shop.open(seconds=20, arrivals=300, pace=100)
    shop.waited.clear()

    answered, refused = shop.open(seconds=30, arrivals=300, pace=100)

    assert answered == pytest.approx(3000, rel=0.02)
    assert refused == pytest.approx(6000, rel=0.05)
    assert sorted(shop.waited)[len(shop.waited) // 2] < 1.5 * SECONDS_WANTED


def test_when_the_load_is_gone_all_are_let_in_again() -> None:
    shop = Shop()
    shop.open(seconds=20, arrivals=300, pace=100)
    assert shop.room.limit < 100

    _, refused = shop.open(seconds=30, arrivals=30, pace=100)

    assert refused == 0
    assert shop.room.limit == 512


def test_a_few_long_answers_are_no_overload() -> None:
    clock = Clock()
    room = Room("exports", 512, clock=clock)
    for _ in range(200):
        began = room.enter()
        clock.now += 10
        room.leave(began, tells=True)

    assert [room.enter() for _ in range(LEAST)]


def test_a_service_that_stood_still_for_a_moment_is_not_overloaded() -> None:
    clock = Clock()
    room = Room("stalls", 512, clock=clock)
    waiting = [room.enter() for _ in range(100)]
    clock.now += 5
    for began in waiting:
        room.leave(began, tells=True)

    assert room.limit == 512
    assert room.under_way == 0


def test_a_slow_upload_says_nothing_of_the_service() -> None:
    clock = Clock()
    room = Room("uploads", 512, clock=clock)
    for _ in range(200):
        began = room.enter()
        clock.now += 10
        room.leave(began, tells=False)

    assert room.limit == 512


@given(st.lists(st.tuples(st.floats(0.001, 20), st.booleans()), max_size=200), st.integers(1, 600))
def test_whatever_happens_what_is_under_way_is_counted_right_and_the_room_never_closes(
    calls: list[tuple[float, bool]], most: int
) -> None:
    clock = Clock()
    room = Room("any", most, clock=clock)
    for seconds, tells in calls:
        began = room.enter()
        assert room.under_way == 1
        clock.now += seconds
        room.leave(began, tells=tells)
        assert min(LEAST, most) <= room.limit <= most
    assert room.under_way == 0
