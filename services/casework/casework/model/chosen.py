"""The full-process services that units chose, and how many they must choose at least."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from casework.model import Table
from chassis.storage.database import aware

LEAST = 2
"""What a unit outside every campaign chooses at least (plan A, II.3.1: two services)."""

CARRIED_OVER = "merger"
"""Who chose, where a choice followed from the units that a unit was formed of."""


class ChosenProcedures(Table, table=True):
    """A unit's choice, in the order in which it was given; `handed_on`: what went to the units that took this one over."""

    __tablename__ = "chosen_procedures"

    unit_id: UUID = Field(primary_key=True)
    version: int = 1
    codes: list[str] = Field(sa_type=ARRAY(Text))
    chosen_at: datetime = Field(sa_type=aware())
    chosen_by: str = Field(sa_type=Text)
    handed_on: list[str] = Field(default=[], sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})


class FiledInMonth(Table, table=True):
    """How many dossiers of a procedure were filed in a unit in a month: the first of the plans' criteria, without a scan."""

    __tablename__ = "filed_in_month"

    unit_id: UUID = Field(primary_key=True)
    procedure_code: str = Field(primary_key=True, sa_type=Text)
    month: date = Field(primary_key=True)
    filed: int
