"""Implementation teams (tổ triển khai) and community digital technology teams: who is listed, for which body, and when."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable, document


class Team(OnboardingTable, table=True):
    """A team of a campaign in a unit."""

    __tablename__ = "team"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    equipment: list[dict[str, Any]] = Field(default=[], sa_type=document())
    version: int = 1
    created_at: datetime = Field(sa_type=aware())


class TeamMember(OnboardingTable, table=True):
    """A person whom a body sends; `account` is an opaque subject, none where the member does not sign in."""

    __tablename__ = "team_member"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    team_id: UUID = Field(index=True)
    account: str | None = Field(default=None, sa_type=Text, index=True)
    body: str = Field(sa_type=Text)
    is_focal_point: bool = False
    listed_from: date | None = None
    listed_to: date | None = None

    def is_listed(self, on: date) -> bool:
        return (self.listed_from is None or self.listed_from <= on) and (self.listed_to is None or on <= self.listed_to)
