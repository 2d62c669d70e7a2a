"""What is counted of attempts, for every subscription together: labels are bounded."""

from collections import Counter as Counts
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from chassis.observability.sql_gauges import SqlGauge
from notifications.sender.client import AttemptResult

ATTEMPTS = Counter("bakhong_webhook_attempts", "Attempts to hand an event to a partner", ["result"])
HANDED_OVER = Histogram(
    "bakhong_webhook_handed_over_seconds",
    "From becoming known to the partner's 2xx, of first attempts",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)
OLDEST_UNDELIVERED = Gauge(
    "bakhong_webhook_oldest_undelivered_seconds",
    "Age of the oldest event that an active subscription has not got",
    ["service"],
)
DISABLED = Gauge("bakhong_webhook_subscriptions_disabled", "Subscriptions that failed for too long", ["service"])
PLANNED_OVERDUE = Gauge(
    "bakhong_notifications_planned_overdue_seconds", "How long ago the oldest planned notice was due", ["service"]
)

GAUGES = (
    SqlGauge(
        OLDEST_UNDELIVERED,
        "SELECT coalesce(max(extract(epoch FROM now() - d.created_at)), 0) FROM delivery d"
        " JOIN subscription s ON s.id = d.subscription_id"
        " WHERE d.status = 'pending' AND s.status = 'active' AND s.deleted_at IS NULL",
    ),
    SqlGauge(
        PLANNED_OVERDUE,
        "SELECT coalesce(max(extract(epoch FROM now() - due_at)), 0) FROM planned_notice"
        " WHERE due_at <= now() AND finished_at IS NULL AND ended_at IS NULL",
    ),
    SqlGauge(DISABLED, "SELECT count(*) FROM subscription WHERE status = 'disabled' AND deleted_at IS NULL"),
)


def count(results: Iterable[AttemptResult]) -> None:
    """Counts attempts by what came of them."""
    for label, number in Counts(map(_label, results)).items():
        ATTEMPTS.labels(label).inc(number)


def _label(result: AttemptResult) -> str:
    return "delivered" if result.is_success else result.error or f"{(result.status_code or 0) // 100}xx"
