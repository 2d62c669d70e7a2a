"""The days on which this service counted its own tables."""

from datetime import date, datetime

from sqlmodel import Field

from chassis.database import aware
from onboarding.model.tables import OnboardingTable


class CountedDay(OnboardingTable, table=True):
    """A day whose counts were announced."""

    __tablename__ = "counted_day"

    day: date = Field(primary_key=True)
    counted_at: datetime = Field(sa_type=aware())
