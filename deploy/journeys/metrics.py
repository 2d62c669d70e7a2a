"""What Prometheus reads of the journeys."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Only these numbers: the process itself is watched by its container."""

ROUNDS = Counter(
    "bakhong_journey_rounds",
    "Synthetic journeys by outcome: ok, slow (over the objective's seconds), failed.",
    ["journey", "outcome"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "bakhong_journey_seconds",
    "How long a synthetic journey took.",
    ["journey"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30),
    registry=REGISTRY,
)
SUCCEEDED = Gauge(
    "bakhong_journey_succeeded",
    "1 when the newest round of a journey succeeded, else 0.",
    ["journey"],
    registry=REGISTRY,
)
FINISHED = Gauge(
    "bakhong_journey_finished_timestamp_seconds",
    "When a journey last ended, either way.",
    ["journey"],
    registry=REGISTRY,
)
RECEIVERS = Gauge("bakhong_alerts_have_receivers", "1 when ALERTS_TO names a receiver, else 0.", registry=REGISTRY)
