"""Working days of legal time limits, by the calendar of the province."""

from datetime import date

from province import WorkingDays, load_working_days
from registry.settings import get_registry_settings


def get_working_days() -> WorkingDays:
    """The working days of this platform; raises ValueError when a line of the calendar is wrong."""
    return load_working_days(get_registry_settings().calendar_file)


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after a day."""
    return get_working_days().after(day, count)
