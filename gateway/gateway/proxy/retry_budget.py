"""How often failed calls to services may be repeated."""


class RetryBudget:
    """Retries add at most `share` to the load, so that they do not make an outage worse."""

    def __init__(self, *, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._balance = reserve

    def earn(self) -> None:
        """A first attempt is made."""
        self._balance = min(self._reserve, self._balance + self._share)

    def spend(self) -> bool:
        """Whether one retry may be made; it is then counted."""
        if self._balance < 1:
            return False
        self._balance -= 1
        return True
