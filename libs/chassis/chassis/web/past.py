"""Times that can be: what happened is not in the future, and what ends did not end before it began."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from chassis.clock import now, today
from chassis.errors import BEFORE_START
from chassis.web.bodies import Day, Instant

CLOCKS_DIFFER = timedelta(minutes=5)


def has_come(value: date | datetime) -> Any:
    """The day or the instant; `in-the-future` for one that has not come yet, on any clock."""
    is_ahead = value > now() + CLOCKS_DIFFER if isinstance(value, datetime) else value > today()
    if is_ahead:
        raise PydanticCustomError("in-the-future", "This time has not come yet.", {"vi": "Thời điểm này chưa tới."})
    return value


def has_not_passed(value: date) -> date:
    """The day; `in-the-past` for one before today."""
    if value < today():
        raise PydanticCustomError("in-the-past", "This day has passed.", {"vi": "Ngày này đã qua."})
    return value


PastDay = Annotated[Day, AfterValidator(has_come)]
"""A day that has come."""
PastInstant = Annotated[Instant, AfterValidator(has_come)]
"""An instant that has come; clocks may differ by five minutes."""
ComingDay = Annotated[Day, AfterValidator(has_not_passed)]
"""Today or a later day."""


def not_before(first: str, *, by: Callable[[Any], Any] = lambda value: value) -> AfterValidator:
    """For a field that ends what the field `first`, declared before it in the same body, begins: `before-start`.

    `by`: what is compared, such as `local_date` where some senders know the day alone.
    """

    def check(value: Any, info: ValidationInfo) -> Any:
        start = info.data.get(first)
        if value is not None and start is not None and by(value) < by(start):
            vi, en = BEFORE_START
            raise PydanticCustomError("before-start", en, {"vi": vi})
        return value

    return AfterValidator(check)
