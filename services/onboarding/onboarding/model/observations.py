"""An attribute seen in the village: a new smartphone, a bank account, a number. A number is only passed on, encrypted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

ObservedName = Literal["has_smartphone", "has_bank_account", "phone"]


@dataclass(frozen=True)
class Observation:
    """What was seen; `client_id` names it on the device, so that sending it twice changes nothing."""

    name: ObservedName
    occurred_at: datetime
    value: bool | None = None
    phone: str | None = None
    owner_verified: bool = False
    client_id: str = ""

    def identity(self, resident_id: UUID) -> str:
        """The identity of the observation, without what was observed: a number is in no column of this service."""
        reported = (self.client_id, str(resident_id), self.name, self.occurred_at.timestamp())
        return "observed-" + hashlib.sha256(repr(reported).encode()).hexdigest()[:40]


class RecordedObservation(OnboardingTable, table=True):
    """An observation that was passed on to registry; the same one sent again is found by its id."""

    __tablename__ = "observation"

    id: str = Field(primary_key=True, sa_type=Text)
    resident_id: UUID = Field(index=True)
    name: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=aware())
    recorded_by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=aware())
