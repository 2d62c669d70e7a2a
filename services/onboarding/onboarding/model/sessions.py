"""Sessions of a campaign by village: conferences, trainings, installation days; attendance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.clock import now
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable, texts

SessionKind = Literal["conference", "training", "guidance", "installation", "drive", "launch", "review"]
AttendeeKind = Literal["resident", "organization", "member"]
KIND_NAMES: dict[SessionKind, str] = {
    "conference": "Hội nghị",
    "training": "Lớp tập huấn",
    "guidance": "Buổi hướng dẫn",
    "installation": "Buổi hỗ trợ tạo lập tài khoản, cài đặt",
    "drive": "Lễ ra quân",
    "launch": "Lễ ra mắt Mô hình",
    "review": "Hội nghị tổng kết, rút kinh nghiệm",
}
ATTENDANCE_OPEN = timedelta(days=7)
TRAINING_KINDS = ("conference", "training", "guidance", "installation")
"""Sessions at which people are trained; the others show that the campaign lives."""
GUIDING_KINDS = ("guidance", "installation")
"""Sessions at the village cultural house whose attendees count as guided in person."""


@dataclass(frozen=True)
class Attendee:
    kind: AttendeeKind
    id: UUID


@dataclass(frozen=True)
class AttendanceResult:
    """What became of one attendee; `known` is the record that counts (the survivor, where the one sent was merged)."""

    attendee: Attendee
    result: Literal["applied", "unchanged", "refused"]
    problem: Problem | None = None
    known: Attendee | None = None


class CampaignSession(OnboardingTable, table=True):
    """One meeting at one place; `announced` is true once `session.held` was published."""

    __tablename__ = "campaign_session"
    __table_args__ = (Index("ix_campaign_session_unit_time", "unit_id", "starts_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(index=True)
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    topics: list[str] = Field(default=[], sa_type=texts())
    venue: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=aware(), index=True)
    ends_at: datetime | None = Field(default=None, sa_type=aware())
    host: str | None = Field(default=None, sa_type=Text)
    coordinators: list[str] = Field(default=[], sa_type=texts())
    audience: list[str] = Field(default=[], sa_type=texts())
    conclusions: str | None = Field(default=None, sa_type=Text)
    is_cancelled: bool = False
    check_in_code: str = Field(sa_type=Text)
    announced: bool = False
    guests: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    pupils: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Guests and grade-9 pupils are counted by head: nothing of them is recorded."""
    version: int = 1

    @property
    def attendance_until(self) -> datetime:
        """Until when attendance may be recorded: 7 days after the end."""
        return (self.ends_at or self.starts_at) + ATTENDANCE_OPEN

    @property
    def status(self) -> str:
        """`cancelled`, `held` (its start has passed) or `planned`."""
        if self.is_cancelled:
            return "cancelled"
        return "held" if self.starts_at <= now() else "planned"

    def is_over(self, moment: datetime) -> bool:
        return (self.ends_at or self.starts_at) < moment


class Attendance(OnboardingTable, table=True):
    """One who came, by list or by scanning the session's code."""

    __tablename__ = "attendance"

    session_id: UUID = Field(primary_key=True)
    attendee_id: UUID = Field(primary_key=True, index=True)
    kind: str = Field(sa_type=Text)
    by_code: bool = False
    at: datetime = Field(sa_type=aware())
    is_merchant: bool = False


class KnownMerchantOwner(OnboardingTable, table=True):
    """Who owns a merchant, from the merchant events of payments-qr: owners are counted when they attend a training."""

    __tablename__ = "known_merchant_owner"

    merchant_id: UUID = Field(primary_key=True)
    owner_id: UUID | None = Field(default=None, index=True)
    version: int


class KnownProcedures(OnboardingTable, table=True):
    """The services that a unit has chosen, from `procedures.chosen`."""

    __tablename__ = "known_procedures"

    unit_id: UUID = Field(primary_key=True)
    codes: list[str] = Field(sa_type=texts())
    at: datetime = Field(sa_type=aware())
