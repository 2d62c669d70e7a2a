from chassis.web.circuit_breaker import CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    clock = Clock()
    breaker = CircuitBreaker(threshold=2, pause=5, clock=clock)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()

    breaker.failed()
    assert not breaker.allows()
    assert breaker.seconds_left() == 5
    clock.now += 5
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


def test_a_probe_that_never_reports_does_not_keep_the_circuit_open() -> None:
    clock = Clock()
    breaker = CircuitBreaker(threshold=1, pause=5, clock=clock)
    breaker.failed()
    clock.now += 5
    assert breaker.allows()
    clock.now += 5
    assert breaker.allows()
