"""Receipts of channels, and how channels are doing."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chassis.web import bodies
from notifications.model.channels import ReceiptStatus
from notifications.model.event_data import Instant


class ChannelReceiptBody(bodies.RequestBody):
    """What became of a message."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"reference": "p-77", "status": "delivered", "at": "2026-11-01T08:00:00+07:00"}]
        },
    )

    reference: str = Field(min_length=1, max_length=200)
    """The reference that was answered when the message was taken."""
    status: ReceiptStatus
    """`delivered`: it reached the telephone or mailbox; `failed`: it never will."""
    error: str | None = Field(default=None, max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")
    """A code of the failure, never a number or an address."""
    at: bodies.Instant
    """When it happened."""


class ChannelView(BaseModel):
    """A channel, and what became of its messages since the beginning of the day (Asia/Ho_Chi_Minh)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    channel: Literal["push", "sms", "zalo", "email"]
    """The channel (kênh)."""
    due: int
    """Messages that are due and not sent yet."""
    oldest_due_at: Instant | None
    """Since when the oldest of them has been due."""
    sent: int
    """Messages that the channel took; what became of them is not reported yet."""
    delivered: int
    """Messages that were delivered, as the channel reported."""
    failed: int
    """Messages that were refused, or whose delivery failed."""
    dropped: dict[str, int]
    """Messages that were not sent, by reason: `budget`, `not-configured`, `reason-ended`, `device-removed`."""
    used: dict[str, int]
    """Of channels that cost money: what the people of each unit were sent today, in SMS parts or messages."""
