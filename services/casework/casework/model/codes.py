"""The code of a dossier: agency, date of receipt, daily serial (Circular 01/2018/TT-VPCP art. 19).

The form since Circular 03/2025/TT-VPCP was not found, so the pattern is configuration.
"""

from datetime import date

from sqlalchemy import Text
from sqlmodel import Field

from casework.model import Table


def make_code(pattern: str, *, unit_code: str, day: date, serial: int) -> str:
    """One code, e.g. `H56.15724-261122-0001` for `H56.{unit}-{day:%y%m%d}-{serial:04d}`."""
    return pattern.format(unit=unit_code, day=day, serial=serial)


def organ_id_of(pattern: str, unit_code: str) -> str:
    """The identifier under which other agencies know a unit, e.g. `H56.15724` for `H56.{unit}`."""
    return pattern.format(unit=unit_code)


def unit_code_of(pattern: str, organ_id: str) -> str | None:
    """The unit of an agency's identifier; None for agencies outside this platform."""
    before, after = pattern.split("{unit}")
    code = organ_id.removeprefix(before).removesuffix(after)
    return code if organ_id == organ_id_of(pattern, code) and code else None


class CodeSerial(Table, table=True):
    """The last serial given to a unit on a day: codes have no gaps and no duplicates."""

    __tablename__ = "code_serial"

    unit_code: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    last: int
