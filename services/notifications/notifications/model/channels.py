"""What channels report, and what they were used for: receipts, and the budget of a unit and day."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import Text
from sqlmodel import Field

from chassis.clock import now
from chassis.storage.database import aware
from notifications.model import Table

ReceiptStatus = Literal["delivered", "failed"]
ReportingChannel = Literal["sms", "zalo", "email"]
"""Channels whose partners report what became of a message."""


class ChannelReceipt(Table, table=True):
    """What a partner reported of a message, once for each `webhook-id`; without a telephone number or an address."""

    __tablename__ = "channel_receipt"

    channel: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    reference: str = Field(sa_type=Text, index=True)
    status: str = Field(sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=aware())
    received_at: datetime = Field(default_factory=now, sa_type=aware(), index=True)


class ChannelUse(Table, table=True):
    """How much of its budget the people of a unit were sent on a day (local), in what is paid for: SMS parts, messages."""

    __tablename__ = "channel_use"

    unit_code: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    used: int
