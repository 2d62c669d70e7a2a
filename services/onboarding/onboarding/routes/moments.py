"""Instants in queries."""

from datetime import datetime

from chassis.errors import FieldError, InvalidQuery
from onboarding.model.deadlines import FIRST_YEAR, LAST_YEAR


def within_query(pointer: str, moment: datetime | None) -> None:
    """Refuses an instant of another century with 400."""
    if moment and not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise InvalidQuery(errors=[FieldError(pointer, "out-of-range", "Thời điểm quá xa.", "Out of range.")])
