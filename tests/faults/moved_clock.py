"""A process whose clock is wrong."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, tzinfo

from chassis import clock


def move_the_clock(seconds: float) -> None:
    """Every clock of this process that returns the time of day; monotonic clocks are left alone."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Moved:
            return super().now(tz) + timedelta(seconds=seconds)

    true_time, true_time_ns = time.time, time.time_ns
    time.time = lambda: true_time() + seconds
    time.time_ns = lambda: true_time_ns() + int(seconds * 1_000_000_000)
    clock.datetime = Moved  # type: ignore[misc]  # the one place that everything asks
