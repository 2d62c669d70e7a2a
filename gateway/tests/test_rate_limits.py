import pytest

from gateway.edge.in_flight import InFlightLimit, LimitReached
from gateway.edge.rate_limits import Policy, TokenBuckets
from gateway.proxy.retry_budget import RetryBudget


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


def test_the_rate_limit_fields_give_policy_rest_and_reset(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("caller", quota=1, window=60), clock=clock)

    assert dict(buckets.take("a").headers()) == {
        b"ratelimit-policy": b'"caller";q=1;w=60',
        b"ratelimit": b'"caller";r=0;t=60',
    }
    assert dict(buckets.take("a").headers())[b"retry-after"] == b"60"


def test_a_refused_request_and_a_token_given_back_spend_nothing(clock: Clock) -> None:
    buckets = TokenBuckets(Policy("guess", quota=2, window=2), clock=clock)

    for _ in range(5):
        buckets.take("a")
        buckets.give_back("a")
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


def test_a_full_in_flight_limit_refuses_before_accepting() -> None:
    limit = InFlightLimit(1)

    with limit, pytest.raises(LimitReached), limit:
        pass
    with limit:
        assert limit.in_flight == 1
    assert limit.in_flight == 0


def test_retries_are_a_tenth_of_the_load_at_most() -> None:
    budget = RetryBudget(share=0.1, reserve=2)
    assert [budget.spend() for _ in range(3)] == [True, True, False]

    for _ in range(11):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]
