"""What notifications reads from the environment beside the common settings."""

from functools import cache
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

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
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://`: where mail to partners' contacts goes. Unset: no mail."""
    mail_from: str = "ba-khong@localhost"

    @field_validator("retry_schedule", mode="before")
    @classmethod
    def _read_schedule(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(float(part) for part in value.split(",") if part.strip())
        return value

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
