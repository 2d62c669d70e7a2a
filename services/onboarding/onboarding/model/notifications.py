"""Notifications as releases before kept them; notifications are the service notifications' now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable


class EarlierNotification(OnboardingTable, table=True):
    """A row of a release before: written and read no more, and dropped by a later migration."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_recipient", "recipient_id", "at"),)

    id: str = Field(primary_key=True, sa_type=Text)
    recipient_id: UUID
    kind: str = Field(sa_type=Text)
    about: str = Field(sa_type=Text)
    about_id: UUID
    at: datetime = Field(sa_type=aware())
