"""The current time. All code reads it here, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """The calendar date in Asia/Ho_Chi_Minh."""
    return local_date(now())


def local_date(instant: datetime) -> date:
    """The day in Asia/Ho_Chi_Minh on which an instant falls."""
    return instant.astimezone(HO_CHI_MINH).date()


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """For tests: the time stands still at `instant`."""
    global _frozen
    before, _frozen = _frozen, instant
    try:
        yield
    finally:
        _frozen = before
