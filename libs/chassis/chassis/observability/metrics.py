"""Prometheus metrics. Labels are bounded: services, topics, route templates; never ids or raw paths."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("bakhong_http_requests", "Requests answered", ["service", "method", "route", "status"])
CLIENT_REQUESTS = Counter(
    "bakhong_client_requests", "Requests by client (a partner's id, else the role) and operation", ["client", "route"]
)
DURATION = Histogram(
    "bakhong_http_request_seconds",
    "Time to the end of the answer",
    ["service", "method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RELAYED = Counter("bakhong_relayed_events", "Events put on the bus", ["service"])
RELAY_LAG = Gauge("bakhong_relay_lag_seconds", "Age of the oldest event that waits for the bus", ["service"])
CONSUMED = Counter("bakhong_consumed_events", "Events applied", ["service", "topic"])
CONSUMER_LAG = Gauge("bakhong_consumer_lag_events", "Events not fetched yet", ["service"])
CONSUMER_POLLED = Gauge(
    "bakhong_consumer_polled_timestamp_seconds", "When events were last asked for and applied, Unix time", ["service"]
)
DELETED = Counter(
    "bakhong_deleted_rows", "Rows deleted because they were kept long enough", ["service", "table", "ground"]
)
DEAD_LETTERS = Gauge("bakhong_dead_letters", "Events that could not be applied and still wait", ["service"])
OUTBOX = Gauge("bakhong_outbox_events", "Events that wait for the bus", ["service"])
OLDEST_TRANSACTION = Gauge(
    "bakhong_oldest_transaction_seconds", "Age of the oldest transaction of the service's database", ["service"]
)
ARCHIVING_FAILS = Gauge(
    "bakhong_wal_archiving_fails", "1 while the database's last try to archive its log failed", ["service"]
)
DISK_FREE = Gauge("bakhong_disk_free_ratio", "Free part of the disk that files are on", ["service"])
