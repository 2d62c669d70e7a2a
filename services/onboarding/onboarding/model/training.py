"""Training mode: a campaign's commune and village of synthetic people, and logins that end soon after their session.

The units stand in a separate tree, so no count of a real unit ever contains them and no real officer sees them; reports,
partners and referrals leave them out by their kind (`chassis.security.training_guard`). See ADR 0011.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.sessions import CampaignSession
from onboarding.model.tables import OnboardingTable

TrainingRole = Literal["resident", "volunteer", "officer"]
TRAINING_DAYS = 7
VILLAGERS = 12
"""Synthetic people of a training village, besides one for each account of a resident."""


class TrainingUnit(OnboardingTable, table=True):
    """The training units of a campaign: a commune for officers, its one village for volunteers and residents."""

    __tablename__ = "training_unit"

    campaign_id: UUID = Field(primary_key=True)
    unit_id: UUID = Field(default_factory=new_id)
    unit_code: str = Field(sa_type=Text)
    village_id: UUID = Field(default_factory=new_id)
    village_code: str = Field(sa_type=Text)

    @classmethod
    def of(cls, campaign_id: UUID) -> "TrainingUnit":
        code = f"tap-huan-{campaign_id.hex[-12:]}"
        return cls(campaign_id=campaign_id, unit_code=code, village_code=f"{code}-01")

    def code_for(self, role: TrainingRole) -> str:
        return self.unit_code if role == "officer" else self.village_code


class TrainingAccount(OnboardingTable, table=True):
    """A login for training; its secret is shown once and kept only as a digest."""

    __tablename__ = "training_account"

    login: str = Field(primary_key=True, sa_type=Text)
    session_id: UUID = Field(index=True)
    role: str = Field(sa_type=Text)
    unit_code: str = Field(sa_type=Text)
    secret_digest: str = Field(sa_type=Text)
    valid_until: datetime = Field(sa_type=aware())
    resident_id: UUID | None = None


def training_ends_at(held: CampaignSession, moment: datetime) -> datetime:
    """When the accounts of a session end: 7 days after it, or at once when it is cancelled."""
    return moment if held.is_cancelled else (held.ends_at or held.starts_at) + timedelta(days=TRAINING_DAYS)
