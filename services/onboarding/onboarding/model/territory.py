"""Succession of units, from `unit.changed`: which unit took over which. Codes repeat across reforms; ids do not."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from onboarding.model.tables import OnboardingTable


class KnownSuccessor(OnboardingTable, table=True):
    """`successor_id` took over the whole or a part of `unit_id` on a day."""

    __tablename__ = "known_successor"

    unit_id: UUID = Field(primary_key=True)
    successor_id: UUID = Field(primary_key=True, index=True)
    kind: str = Field(sa_type=Text)
    effective_on: date
