"""OpenTelemetry tracing where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; otherwise the SDK is not imported.

The W3C trace context is passed on in any case: through HTTP headers, outbox, bus and event handlers, and into every log
line. With a collector each hop adds its span, parent of the next. Attributes are bounded and contain no personal data:
route templates, topics, types, counts; never paths, keys or texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from chassis.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Link, Tracer

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes = dict[str, str | int]

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
SECONDS_TO_FLUSH = 5


class Span:
    """A span. This class, used without a collector, passes the context on and records nothing."""

    is_recording = False

    def __init__(self, traceparent: str | None) -> None:
        self.traceparent = traceparent

    def rename(self, name: str) -> None:
        """Sets the name where it is known only later; a template, never a path."""

    def set_attributes(self, attributes: Attributes) -> None:
        """Adds attributes that are known only later."""

    def fail(self, kind: str) -> None:
        """Marks a failure; `kind` is the exception's class or the status, never its message."""


class _RecordingSpan(Span):
    is_recording = True

    def __init__(self, span: Any) -> None:
        context = span.get_span_context()
        super().__init__(f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}")
        self._span = span

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def set_attributes(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_status(Status(StatusCode.ERROR))
        self._span.set_attribute("error.type", kind)


class Tracing:
    """The tracer of one process."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None
        self._tracer: Tracer | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether a collector is configured. Hot paths check this first."""
        return self._tracer is not None

    def start(self, service: str, settings: Settings) -> None:
        """Starts the export if a collector is configured; headers, sampling and batches follow the `OTEL_*` variables."""
        if settings.otel_exporter_otlp_endpoint is None or self.is_enabled:
            return
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service, "service.namespace": "bakhong"}), shutdown_on_exit=False
        )
        url = settings.otel_exporter_otlp_endpoint.rstrip("/") + "/v1/traces"
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
        self._tracer = self._provider.get_tracer("chassis")

    def stop(self) -> None:
        """Flushes for a few seconds at most."""
        if self._provider is not None:
            self._provider.force_flush(SECONDS_TO_FLUSH * 1000)
            self._provider.shutdown()
        self._provider = self._tracer = None

    @contextmanager
    def span(
        self,
        name: str,
        kind: Kind,
        *,
        parent: str | None = None,
        attributes: Attributes | None = None,
        links: Iterable[str] = (),
    ) -> Iterator[Span]:
        """A span below `parent` (a traceparent; none or an invalid one starts a trace), linked to other traceparents."""
        if self._tracer is None:
            yield Span(parent)
            return
        from opentelemetry import trace

        opened = self._tracer.start_span(
            name,
            context=_context_of(parent),
            kind=getattr(trace.SpanKind, kind),
            attributes=attributes,
            links=[link for traceparent in dict.fromkeys(links) if (link := _link(traceparent))],
        )
        recording = _RecordingSpan(opened)
        try:
            yield recording
        except BaseException as error:
            recording.fail(type(error).__name__)
            raise
        finally:
            opened.end()


TRACING = Tracing()
"""The tracer of this process, started with its runtime."""


def _context_of(traceparent: str | None) -> Any:
    from opentelemetry import trace
    from opentelemetry.context import Context

    known = _span_context(traceparent)
    return Context() if known is None else trace.set_span_in_context(trace.NonRecordingSpan(known), Context())


def _link(traceparent: str) -> Link | None:
    from opentelemetry import trace

    known = _span_context(traceparent)
    return None if known is None else trace.Link(known)


def _span_context(traceparent: str | None) -> Any:
    from opentelemetry import trace

    found = TRACEPARENT.fullmatch(traceparent or "")
    if found is None:
        return None
    return trace.SpanContext(
        int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=trace.TraceFlags(int(found[3], 16))
    )
