"""When a failed delivery is attempted again."""

import random
from collections.abc import Sequence

JITTER = 0.1
LONGEST_WAIT = 24 * 3600.0


def seconds_before_retry(schedule: Sequence[float], retries: int, retry_after: float | None) -> float | None:
    """Seconds until the next attempt after `retries` retries; None where the schedule is used up.

    Up to a tenth is added, so that what failed together is not repeated together. An endpoint that asks for more time gets
    it, up to a day.
    """
    if retries >= len(schedule):
        return None
    planned = schedule[retries] * (1 + random.uniform(0, JITTER))
    return max(planned, min(retry_after or 0.0, LONGEST_WAIT))
