"""How far the stored steps follow the rules of `steps.yaml`, after a release that changed them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable


class RuleProgress(OnboardingTable, table=True):
    """The rules by their digest: residents up to `after_id` are computed by them, all once `finished_at` is set."""

    __tablename__ = "rule_progress"

    digest: str = Field(primary_key=True, sa_type=Text)
    after_id: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=aware())
