"""What an operator sees of the running platform: one trace through every service, and every number that is asked for."""

import contextlib
import gzip
import json
import re
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client import generate_latest

from contracts.gateway import PartnerEventReceived
from contracts.onboarding import StepCompleted
from contracts.registry import ResidentAttested
from contracts.services import SERVICE_NAMES, package_of
from deploy.demo.api_client import ApiClient, eventually, success
from deploy.demo.load import load_units
from deploy.journeys.measuring import begin
from deploy.journeys.metrics import REGISTRY
from deploy.local.started import Started, started

OBSERVABILITY = Path(__file__).parents[2] / "deploy/observability"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
RESIDENT = {
    "personal_id": "038185009917", "id_document": "can_cuoc", "full_name": "Lò Thị Dấu Vết", "date_of_birth": "1985-03-04",
    "sex": "female", "unit_code": "15727-01", "phone": "+84912345917", "has_smartphone": True,
}  # fmt: skip


@dataclass
class Seen:
    """One span as the collector got it."""

    service: str
    name: str
    trace_id: str
    id: str
    parent_id: str
    links: set[str]
    text: str


@dataclass
class Collector:
    """A little OTLP receiver over HTTP."""

    spans: list[Seen] = field(default_factory=list)
    url: str = ""

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            about = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [
                    Seen(about["service.name"], span.name, span.trace_id.hex(), span.span_id.hex(),
                         span.parent_span_id.hex(), {link.trace_id.hex() for link in span.links}, str(span))
                    for span in scope.spans
                ]  # fmt: skip

    def one(self, service: str, name: str) -> Seen:
        found = [
            span for span in self.spans if span.trace_id == TRACE_ID and (span.service, span.name) == (service, name)
        ]
        assert len(found) == 1, (service, name, [(span.service, span.name) for span in self.spans])
        return found[0]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    collector = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield collector
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def ports() -> list[int]:
    """Where the metrics of each service are, the gateway's first."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(len(SERVICE_NAMES) + 1)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@pytest.fixture(scope="module")
def platform(collector: Collector, ports: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    certificate = tmp_path_factory.mktemp("tls") / "none.pem"
    variables = {
        "DEMO": "0", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200",
        "GATEWAY__METRICS_PORT": str(ports[0]), "GATEWAY__TLS_CERTIFICATE_FILE": str(certificate),
    }  # fmt: skip
    own = {f"{package_of(name).upper()}__PORT": str(port) for name, port in zip(SERVICE_NAMES, ports[1:], strict=True)}
    with started(variables | own) as running:
        yield running


@pytest.fixture(scope="module")
def reported(platform: Started) -> str:
    """A webhook about a resident went through every service; the id of that resident."""
    with ApiClient(platform.url) as api:
        load_units(api)
        officer = api.officer("15724")
        resident = api.post("/v1/residents", RESIDENT, who=officer)
        counted = f"/v1/onboarding/worklist?unit_code={RESIDENT['unit_code']}"
        assert eventually(lambda: api.get(counted, who=officer, purpose="onboarding") is not None, 60)

        api._client.headers["traceparent"] = f"00-{TRACE_ID}-{CALLER}-01"
        data = {"resident": {"personal_id": RESIDENT["personal_id"]}, "level": 2}
        answer = success(api.webhook("demo-identity", "vneid.activated", data))
        del api._client.headers["traceparent"]
        assert answer.headers["traceparent"] == f"00-{TRACE_ID}-{CALLER}-01"

        def is_counted() -> bool:
            report = api.get("/v1/reports/progress", params={"unit_code": "15727-01"}, who=officer)
            return any(each["code"] == "vneid" and each["numerator"] == 1 for each in report["indicators"])

        assert eventually(is_counted, 60)
    time.sleep(1.5)  # the spans are sent every 0.2 s
    return str(resident["id"])


def test_one_webhook_is_one_trace_from_the_gateway_to_the_report(collector: Collector, reported: str) -> None:
    webhook = collector.one("gateway", "POST /webhooks/{partner_id}")
    registry = collector.one("registry", f"handle {PartnerEventReceived.type}")
    onboarding = collector.one("onboarding", f"handle {ResidentAttested.type}")
    reporting = collector.one("reporting", f"handle {StepCompleted.type}")
    assert webhook.parent_id == CALLER
    assert registry.parent_id == webhook.id
    assert onboarding.parent_id == registry.id
    assert reporting.parent_id == onboarding.id


def test_batches_of_the_relays_link_to_the_traces_they_carry(collector: Collector, reported: str) -> None:
    relayed = {span.service for span in collector.spans if span.name == "relay" and TRACE_ID in span.links}
    assert {"gateway", "registry", "onboarding"} <= relayed


def test_spans_name_routes_and_no_person(collector: Collector, reported: str) -> None:
    assert any(span.name == "GET /v1/reports/progress" for span in collector.spans)
    everything = "\n".join(span.text for span in collector.spans)
    for personal in (RESIDENT["personal_id"], "912345917", "Dấu Vết", reported, "unit_code=", "demo-identity"):
        assert personal not in everything
    assert not re.search(r"\d{9,}", re.sub(r"time_unix_nano: \d+", "", everything))


def test_every_number_that_alerts_and_the_dashboard_ask_for_is_there(ports: list[int], reported: str) -> None:
    exposed = "".join(read(f"http://127.0.0.1:{port}/metrics") for port in ports)
    begin()
    exposed += generate_latest(REGISTRY).decode()
    exported = set(re.findall(r"^(?:# TYPE )?([a-z_]+)[{ ]", exposed, re.MULTILINE)) | {"up"}
    assert asked() - exported == set()


def asked() -> set[str]:
    """The names of all metrics in the alerts' and the dashboard's queries."""
    alerts = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())
    dashboard = json.loads((OBSERVABILITY / "grafana/dashboards/bakhong.json").read_text())
    queries = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    queries += [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    named = {name for query in queries for name in re.findall(r"\b(?:bakhong|process)_[a-z_]+\b|\bup\b", query)}
    assert len(named) > 15
    return named


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())
