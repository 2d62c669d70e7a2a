"""The acts' log: what officers changed or deleted of a campaign, who did it and what was before; kept for ever."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable, document

ActName = Literal["changed", "deleted"]
ActSubject = Literal[
    "campaign", "step", "task", "filing", "session", "attendance", "team", "member", "communication", "model",
    "nomination", "official_signature",
]  # fmt: skip


class CampaignAct(OnboardingTable, table=True):
    """An act on a campaign or on what belongs to it; `before` has the values that it replaced, of a deleted row all."""

    __tablename__ = "campaign_act"
    __table_args__ = (
        Index("ix_campaign_act_unit", "unit_id", "id"),
        Index("ix_campaign_act_campaign", "campaign_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    actor_unit_code: str | None = Field(default=None, sa_type=Text)
    act: str = Field(sa_type=Text)
    about: str = Field(sa_type=Text)
    about_id: str = Field(sa_type=Text)
    campaign_id: UUID
    unit_id: UUID
    reason: str | None = Field(default=None, sa_type=Text)
    before: dict[str, Any] = Field(sa_type=document())
