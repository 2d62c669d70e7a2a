"""Working days in Viet Nam: neither weekends nor public holidays, the days off that make up for them included."""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after a day."""
    while count:
        day += timedelta(days=1)
        count -= bool(_calendar().is_working_day(day))
    return day
