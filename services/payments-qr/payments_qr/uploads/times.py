"""Points in time as banks write them in files; a time without a zone is Vietnamese time."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from chassis.clock import HO_CHI_MINH
from tabular import Cell
from tabular.values import text_of

_LOCAL_FORMS = (
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y", "%H:%M:%S %d/%m/%Y", "%H:%M %d/%m/%Y", "%H:%M:%S %d-%m-%Y"),
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d%H%M%S", "%Y%m%d"),
)
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # Excel's day zero has no zone
_FIRST_SERIAL, _LAST_SERIAL = 2_101, 73_050


class WrongTime(ValueError):
    """The cell is no point in time."""


def instant_of(cell: Cell) -> datetime | None:
    """The point in time of a cell; None where it is empty. Raises WrongTime."""
    if isinstance(cell, date):
        return (cell if isinstance(cell, datetime) else datetime.combine(cell, time())).replace(tzinfo=HO_CHI_MINH)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return (_DAY_ZERO + timedelta(seconds=round(cell * 86_400))).replace(tzinfo=HO_CHI_MINH)
    # A date and a time in two columns: the date cell brings its own midnight.
    written = re.sub(r"\s+", " ", text_of(cell)).replace(" 00:00:00 ", " ")
    if not written:
        return None
    readers: list[Callable[[str], datetime]] = [datetime.fromisoformat, *map(_in_form, _LOCAL_FORMS)]
    for read in readers:
        try:
            found = read(written)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=HO_CHI_MINH)
    raise WrongTime


def _in_form(form: str) -> Callable[[str], datetime]:
    return lambda written: datetime.strptime(written, form)  # noqa: DTZ007  # the zone is added by the caller
