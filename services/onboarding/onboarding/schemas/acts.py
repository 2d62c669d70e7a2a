"""Views of the acts' log."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.web.imports import ActorView
from onboarding.model.acts import ActName, ActSubject, CampaignAct


class CampaignActView(BaseModel):
    """An act (thao tác) of an officer on a campaign or on what belongs to it."""

    id: UUID
    """Its id."""
    at: datetime
    """When."""
    account: str
    """The opaque account that acted."""
    by: ActorView
    """Role, body and unit of the account."""
    act: ActName
    """`changed` or `deleted`."""
    about: ActSubject
    """The kind of what was changed."""
    about_id: str
    """Its id; of a step its number."""
    campaign_id: UUID
    """The campaign (kế hoạch)."""
    reason: str | None
    """Why (lý do), in the officer's words; for officers only, because it may name people."""
    before: dict[str, Any]
    """The values that were replaced, by field; of something deleted all its values."""

    @classmethod
    def of(cls, act: CampaignAct, *, with_reason: bool) -> Self:
        """The view of an act."""
        by = ActorView(role=act.role, body=act.body, unit_code=act.actor_unit_code)
        return cls.model_validate(
            act.model_dump() | {"account": act.actor, "by": by, "reason": act.reason if with_reason else None}
        )
