"""Visits to residents, at home or at the village cultural house (nhà văn hóa thôn)."""

import hashlib
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

VisitOutcome = Literal["done", "not_home", "away", "declined", "no_device"]


class Visit(OnboardingTable, table=True):
    """One visit; the same one sent twice has the same id."""

    __tablename__ = "visit"

    id: str = Field(primary_key=True, sa_type=Text)
    resident_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    occurred_at: datetime = Field(sa_type=aware())
    told_outcome: str = Field(sa_type=Text)
    recorded_by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=aware())

    @property
    def outcome(self) -> VisitOutcome:
        return cast(VisitOutcome, self.told_outcome)


def visit_id(client_id: str, resident_id: UUID, occurred_at: datetime, outcome: str) -> str:
    """The identity of a visit, from its reported contents."""
    reported = (client_id, str(resident_id), occurred_at.timestamp(), outcome)
    return "visit-" + hashlib.sha256(repr(reported).encode()).hexdigest()[:40]
