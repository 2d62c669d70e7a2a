"""Notifications: stored where they follow from events of other services, computed where this service has the data."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

NotificationKind = Literal[
    "task_due", "supplement_asked", "result_ready", "feedback_answered", "session_near", "document_arrived",
    "document_settled", "incident_resolved",
]  # fmt: skip


class Notification(OnboardingTable, table=True):
    """For one resident or organization: something happened to what they filed."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_recipient", "recipient_id", "at"),)

    id: str = Field(primary_key=True, sa_type=Text)
    recipient_id: UUID
    kind: str = Field(sa_type=Text)
    about: str = Field(sa_type=Text)
    about_id: UUID
    at: datetime = Field(sa_type=aware())


TEXTS: dict[NotificationKind, tuple[str, str]] = {
    "task_due": ("Việc đến hạn: {work}", "A task is due: {work}"),
    "supplement_asked": ("Hồ sơ của ông/bà cần bổ sung.", "Your dossier needs a supplement."),
    "result_ready": ("Hồ sơ của ông/bà đã có kết quả.", "The result of your dossier is ready."),
    "feedback_answered": ("Phản ánh của ông/bà đã được trả lời.", "Your feedback has been answered."),
    "document_arrived": ("Có văn bản gửi đến ông/bà.", "A document has arrived for you."),
    "document_settled": ("Văn bản của ông/bà đã được xử lý xong.", "Your document has been dealt with."),
    "incident_resolved": ("Sự cố ông/bà báo đã được khắc phục.", "The fault you reported has been mended."),
    "session_near": ("Buổi hỗ trợ sắp diễn ra tại {venue}.", "A session is near, at {venue}."),
}
