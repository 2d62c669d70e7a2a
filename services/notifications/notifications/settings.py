"""What notifications reads from the environment beside the common settings."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from chassis.errors import Language
from chassis.settings import Settings

MINUTE, HOUR = 60.0, 3600.0
SCHEDULE = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
FIVE_DAYS = 5 * 24 * HOUR
SHORTEST_FAILURE = 20.0


class NotificationsSettings(Settings):
    """Every one has a working default."""

    retry_schedule: Annotated[tuple[float, ...], NoDecode] = SCHEDULE
    """Seconds before each retry, comma-separated; a tenth of jitter is added."""
    disable_after_seconds: float | None = Field(default=None, gt=0)
    """A subscription is disabled after failing for so long. Unset: five days, or as much longer or shorter as
    `RETRY_SCHEDULE` is than its default, and 20 seconds at least."""
    attempt_seconds: float = Field(default=15.0, gt=0)
    """How long one attempt may take, from resolving the name to the end of the answer."""
    endpoint_places: int = Field(default=10, ge=1)
    """Attempts that one process makes to one endpoint at the same time."""
    open_deliveries: int = Field(default=10_000, ge=1)
    """So many deliveries of one subscription may wait for a retry; further events wait in the feed."""
    smtp_url: str | None = None
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://`: where mail goes. Unset: no mail."""
    mail_from: str = "ba-khong@localhost"
    fcm_key_file: Path | None = None
    """Google's key file of a service account that may send with FCM. Unset: no push to Android and iOS."""
    fcm_url: str = "https://fcm.googleapis.com"
    vapid_key_file: Path | None = None
    """A P-256 private key (PEM) that identifies the platform to push services. Unset: no push to browsers."""
    vapid_contact: str = "mailto:ba-khong@localhost"
    """Whom push services write to: `mailto:` or `https:`."""
    sms_url: str | None = None
    """The partner's operation that takes an SMS (`docs/integration.md`). Unset: no SMS."""
    sms_token: str = ""
    sms_sender: str = ""
    """The brand name that the partner registered."""
    sms_with_accents: bool = False
    """Vietnamese with accents takes UCS-2: 70 characters an SMS instead of 160."""
    sms_per_unit_and_day: int = Field(default=200, ge=0)
    """SMS (parts) that the people of one unit may be sent on a day; the rest is dropped."""
    zns_url: str | None = None
    """Zalo's operation for template messages, or a partner's with the same protocol. Unset: no Zalo."""
    zns_token: str = ""
    zns_template_vi: str = ""
    zns_template_en: str = ""
    zns_per_unit_and_day: int = Field(default=200, ge=0)
    """Zalo messages that the people of one unit may be sent on a day; the rest is dropped."""
    sms_receipt_secret: str | None = None
    """`whsec_…`: signs the receipts of the partner for SMS. Unset: its receipts are refused."""
    zns_receipt_secret: str | None = None
    mail_receipt_secret: str | None = None
    message_place: str = "ứng dụng Ba Không"
    """The place that a message names for its content: the name of the app, or a short address."""
    message_language: Language = "vi"

    @field_validator("retry_schedule", mode="before")
    @classmethod
    def _read_schedule(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(float(part) for part in value.split(",") if part.strip())
        return value

    def receipt_secret(self, channel: str) -> str | None:
        """The secret that signs the receipts of a channel."""
        return {"sms": self.sms_receipt_secret, "zalo": self.zns_receipt_secret, "email": self.mail_receipt_secret}.get(
            channel
        )

    @property
    def disable_after(self) -> float:
        """Seconds of failure after which a subscription is disabled."""
        if self.disable_after_seconds is not None:
            return self.disable_after_seconds
        return max(FIVE_DAYS * sum(self.retry_schedule) / sum(SCHEDULE), SHORTEST_FAILURE)


@cache
def get_settings() -> NotificationsSettings:
    """The settings of this process, read once."""
    return NotificationsSettings()
