"""What is counted of channels: labels are bounded."""

from prometheus_client import Counter, Gauge

from chassis.observability.sql_gauges import SqlGauge
from notifications.channels.messages import Accepted, SendResult, TryLater

ATTEMPTS = Counter("bakhong_channel_attempts", "Messages handed to a channel", ["channel", "result"])
DROPPED = Counter("bakhong_channel_dropped", "Messages that are not sent", ["channel", "reason"])
QUEUED = Gauge("bakhong_channel_queued", "Messages that are due", ["service"])
OLDEST = Gauge("bakhong_channel_oldest_seconds", "Age of the oldest message that is due", ["service"])

GAUGES = (
    SqlGauge(QUEUED, "SELECT count(*) FROM notification_send WHERE status = 'queued' AND due_at <= now()"),
    SqlGauge(
        OLDEST,
        "SELECT coalesce(max(extract(epoch FROM now() - due_at)), 0) FROM notification_send"
        " WHERE status = 'queued' AND due_at <= now()",
    ),
)


def count(channel: str, result: SendResult) -> None:
    """Counts one attempt."""
    word = "accepted" if isinstance(result, Accepted) else "later" if isinstance(result, TryLater) else "refused"
    ATTEMPTS.labels(channel, word).inc()
