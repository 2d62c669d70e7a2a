"""Tracing: nothing without a collector."""

import subprocess
import sys

from chassis.observability.tracing import TRACING, Tracing
from chassis.settings import Settings

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_without_a_collector_the_trace_goes_on_as_it_came() -> None:
    with TRACING.span("anything", "SERVER", parent=PARENT) as span:
        span.rename("else")
        span.set_attributes({"a": 1})
    assert span.traceparent == PARENT
    assert not TRACING.is_enabled


def test_without_a_collector_the_sdk_is_not_even_imported() -> None:
    program = (
        "import sys, chassis.app\n"
        "from chassis.settings import Settings\n"
        "from chassis.observability.tracing import TRACING\n"
        "TRACING.start('registry', Settings())\n"
        "print(sorted(name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={})
    assert done.stdout.strip() == "[]"


def test_a_strange_parent_begins_a_trace_of_its_own() -> None:
    spans = Tracing()
    spans.start("registry", Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:9"))
    try:
        with spans.span("one", "CONSUMER", parent="not a traceparent") as first:
            pass
        with spans.span("two", "CONSUMER", parent=first.traceparent) as second:
            pass
    finally:
        spans._provider = None  # no collector listens on that port: do not wait for it
    assert first.traceparent is not None
    assert second.traceparent is not None
    assert second.traceparent.split("-")[1] == first.traceparent.split("-")[1]
    assert second.traceparent.split("-")[2] != first.traceparent.split("-")[2]
