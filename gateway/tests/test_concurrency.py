"""A service gets as many requests at once as it answers in good time."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.in_flight import LimitReached
from gateway.proxy.concurrency import LOWEST_LIMIT, TARGET_SECONDS, AdaptiveLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class PacedService:
    """A service behind its limit: it answers `pace` requests a second, one after the other, and the clock goes on."""

    def __init__(self, most: int = 512) -> None:
        self.clock = Clock()
        self.limit = AdaptiveLimit("paced", most, clock=self.clock)
        self.queue: deque[float] = deque()
        self.waited: list[float] = []

    def open(self, *, seconds: float, arrivals: float, pace: float) -> tuple[int, int]:
        """Requests for some seconds: how many were responses, how many were refused."""
        responses = refused = 0
        until, due = self.clock.now + seconds, 0.0
        while self.clock.now < until:
            self.clock.now += 1 / pace
            due += arrivals / pace
            while due >= 1:
                due -= 1
                try:
                    self.queue.append(self.limit.enter())
                except LimitReached:
                    refused += 1
            if self.queue:
                began = self.queue.popleft()
                self.waited.append(self.clock.now - began)
                self.limit.leave(began, counts=True)
                responses += 1
        return responses, refused


def test_a_service_that_responds_in_good_time_gets_every_request() -> None:
    service = PacedService()

    assert service.open(seconds=30, arrivals=80, pace=100) == (pytest.approx(2400, rel=0.02), 0)
    assert service.limit.limit == 512


def test_an_overloaded_service_goes_on_at_full_pace_and_accepted_requests_do_not_wait_long() -> None:
    service = PacedService()
    service.open(seconds=20, arrivals=300, pace=100)
    service.waited.clear()

    responses, refused = service.open(seconds=30, arrivals=300, pace=100)

    assert responses == pytest.approx(3000, rel=0.02)
    assert refused == pytest.approx(6000, rel=0.05)
    assert sorted(service.waited)[len(service.waited) // 2] < 1.5 * TARGET_SECONDS


def test_after_the_overload_no_request_is_refused() -> None:
    service = PacedService()
    service.open(seconds=20, arrivals=300, pace=100)
    assert service.limit.limit < 100

    _, refused = service.open(seconds=30, arrivals=30, pace=100)

    assert refused == 0
    assert service.limit.limit == 512


def test_a_few_slow_responses_are_no_overload() -> None:
    clock = Clock()
    limit = AdaptiveLimit("exports", 512, clock=clock)
    for _ in range(200):
        began = limit.enter()
        clock.now += 10
        limit.leave(began, counts=True)

    assert [limit.enter() for _ in range(LOWEST_LIMIT)]


def test_a_service_that_stalled_for_a_moment_is_not_overloaded() -> None:
    clock = Clock()
    limit = AdaptiveLimit("stalls", 512, clock=clock)
    waiting = [limit.enter() for _ in range(100)]
    clock.now += 5
    for began in waiting:
        limit.leave(began, counts=True)

    assert limit.limit == 512
    assert limit.in_flight == 0


def test_a_slow_upload_does_not_lower_the_limit() -> None:
    clock = Clock()
    limit = AdaptiveLimit("uploads", 512, clock=clock)
    for _ in range(200):
        began = limit.enter()
        clock.now += 10
        limit.leave(began, counts=False)

    assert limit.limit == 512


@given(st.lists(st.tuples(st.floats(0.001, 20), st.booleans()), max_size=200), st.integers(1, 600))
def test_requests_in_flight_are_counted_right_and_the_limit_stays_within_its_bounds(
    calls: list[tuple[float, bool]], most: int
) -> None:
    clock = Clock()
    limit = AdaptiveLimit("any", most, clock=clock)
    for seconds, counts in calls:
        began = limit.enter()
        assert limit.in_flight == 1
        clock.now += seconds
        limit.leave(began, counts=counts)
        assert min(LOWEST_LIMIT, most) <= limit.limit <= most
    assert limit.in_flight == 0
