import pytest

from gateway.breaker import Breaker, RetryBudget
from gateway.limits import InFlightLimit, LimitReached, Policy, TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_caller_may_spend_the_quota_at_once_and_then_waits(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("caller", quota=3, window=30), clock=clock)

    assert [buckets.take("a").allowed for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b").allowed
    clock.now += 10
    assert [buckets.take("a").allowed for _ in range(2)] == [True, False]


def test_the_fields_say_policy_rest_and_when_to_come_back(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("caller", quota=1, window=60), clock=clock)

    assert dict(buckets.take("a").headers()) == {
        b"ratelimit-policy": b'"caller";q=1;w=60',
        b"ratelimit": b'"caller";r=0;t=60',
    }
    assert dict(buckets.take("a").headers())[b"retry-after"] == b"60"


def test_a_refusal_spends_nothing_and_a_look_spends_nothing(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("guess", quota=2, window=2), clock=clock)

    assert all(buckets.peek("a").allowed for _ in range(5))
    buckets.take("a")
    buckets.take("a")
    for _ in range(50):
        assert not buckets.take("a").allowed
    clock.now += 1
    assert buckets.take("a").allowed


def test_a_flood_of_keys_does_not_grow_memory(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("address", quota=1, window=60), keys=100, clock=clock)

    for number in range(1000):
        buckets.take(number)

    assert len(buckets) == 100


def test_a_clock_that_stands_still_gives_nothing_back(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("caller", quota=5, window=1), clock=clock)

    assert sum(buckets.take("a").allowed for _ in range(100)) == 5


def test_a_full_house_refuses_before_accepting() -> None:
    crowd = InFlightLimit(1)

    with crowd, pytest.raises(LimitReached), crowd:
        pass
    with crowd:
        assert crowd.in_flight == 1
    assert crowd.in_flight == 0


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through(clock: Clock) -> None:
    breaker = Breaker(threshold=2, pause=5, clock=clock)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()

    breaker.failed()
    assert not breaker.allows()
    clock.now += 5
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


def test_a_probe_that_never_reports_does_not_close_the_door_for_ever(clock: Clock) -> None:
    breaker = Breaker(threshold=1, pause=5, clock=clock)
    breaker.failed()
    clock.now += 5
    assert breaker.allows()
    clock.now += 5
    assert breaker.allows()


def test_retries_are_a_tenth_of_the_load_at_most() -> None:
    budget = RetryBudget(share=0.1, reserve=2)
    assert [budget.spend() for _ in range(3)] == [True, True, False]

    for _ in range(11):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]
