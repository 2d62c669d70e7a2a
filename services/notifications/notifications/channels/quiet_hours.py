"""When nothing rings: the quiet hours of a person, except for what cannot wait."""

from datetime import datetime, timedelta

from chassis.clock import HO_CHI_MINH

URGENT = frozenset({"link_added", "representative_added", "delivery_failing"})
"""Kinds that ring at night: somebody else may be acting in the person's name, or events are about to be lost."""


def end_of_quiet(moment: datetime, starts_hour: int, ends_hour: int) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls, in Asia/Ho_Chi_Minh."""
    local = moment.astimezone(HO_CHI_MINH)
    hours = (local.hour - starts_hour) % 24
    if hours >= (ends_hour - starts_hour) % 24:
        return moment
    end = local.replace(hour=ends_hour, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
