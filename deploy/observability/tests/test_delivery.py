"""A real Prometheus and a real Alertmanager: every rule is made to fire and is received, and the heartbeat never stops.

The rules, the route and the receivers are the deployment's; only waiting times and windows are shortened (`shortened`).
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.demo.api_client import eventually
from deploy.observability.receivers import AlertSettings, Receivers, alertmanager_config

HERE = Path(__file__).parents[1]
RULES = yaml.safe_load((HERE / "alerts.yml").read_text())["groups"][0]["rules"]
SECONDS_TO_ARRIVE = 60.0
KINDS = yaml.safe_load((HERE / "prometheus.yml").read_text())["scrape_configs"][0]["dns_sd_configs"]
PROCESSES = [name for kind in KINDS for name in kind["names"]]

pytestmark = [
    pytest.mark.alerts,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("prometheus-alertmanager")),
        reason="Prometheus or Alertmanager is not installed (Debian: apt install prometheus prometheus-alertmanager)",
    ),
]

BROKEN: dict[str, list[str]] = {
    "ErrorRateHigh": ['bakhong_http_requests_total{service="gateway",status="500"} RISING'],
    "ResponsesSlow": [
        'bakhong_http_request_seconds_bucket{service="gateway",route="/v1/units",le="1"} 0',
        'bakhong_http_request_seconds_bucket{service="gateway",route="/v1/units",le="2.5"} RISING',
        'bakhong_http_request_seconds_bucket{service="gateway",route="/v1/units",le="+Inf"} RISING',
    ],
    "WebhookQueueFull": ["bakhong_mailbox_letters 1900", "bakhong_mailbox_capacity 2000"],
    "RelayLags": ['bakhong_relay_lag_seconds{service="registry"} 300'],
    "ConsumerLags": ['bakhong_consumer_lag_events{service="reporting"} 20000'],
    "ConsumerStands": ['bakhong_consumer_polled_timestamp_seconds{service="onboarding"} 1'],
    "DeadLetters": ['bakhong_dead_letters{service="casework"} 2'],
    "UnmatchedEvents": ['bakhong_unmatched_events{service="registry"} 1500'],
    "ReconciliationDiffers": ['bakhong_reports_differences{service="payments-qr"} 1'],
    "NothingCompared": ['bakhong_reports_compared_timestamp_seconds{service="casework"} 1'],
    "CorrectionsOverdue": ['bakhong_corrections_overdue{service="registry"} 3'],
    "OldTransaction": ['bakhong_oldest_transaction_seconds{service="casework"} 900'],
    "ArchivingFails": ['bakhong_wal_archiving_fails{service="gateway"} 1'],
    "DiskFills": ['bakhong_disk_free_ratio{service="registry"} 0.05'],
    "CertificateEnds": ["bakhong_certificate_expires_timestamp_seconds 1"],
    "WebhooksLate": [
        'bakhong_webhook_handed_over_seconds_bucket{le="10.0"} 0',
        "bakhong_webhook_handed_over_seconds_count RISING",
    ],
    "WebhookEndpointDisabled": ['bakhong_webhook_subscriptions_disabled{service="notifications"} 1'],
    "MessagesWait": ['bakhong_channel_oldest_seconds{service="notifications"} 1200'],
    "JourneyFails": ['bakhong_journey_rounds_total{journey="dossier",outcome="failed"} RISING'],
    "JourneyErodes": ['bakhong_journey_rounds_total{journey="payment",outcome="slow"} RISING'],
    "JourneysStand": ['bakhong_journey_finished_timestamp_seconds{journey="dossier"} 1'],
    "AlertsNotDelivered": ['alertmanager_notifications_failed_total{integration="email"} RISING'],
}
"""What each alert is made to fire with; `RISING` is a counter that grows by ten each second."""
BY_ITSELF = {"ProcessDown", "ProcessMissing"}
"""Fire when the exporter of one process ends."""
SOUND = [
    f'bakhong_journey_finished_timestamp_seconds{{journey="dossier"}} {time.time() + 86_400:.0f}',
    'bakhong_http_requests_total{service="gateway",status="200"} RISING',
]


class Answering(BaseHTTPRequestHandler):
    def answer(self, body: bytes = b"") -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Exporter:
    """The metrics of a platform, as a test sets them."""

    def __init__(self) -> None:
        self.lines = SOUND

    def handler(self) -> type[BaseHTTPRequestHandler]:
        exporter, began = self, time.monotonic()

        class Metrics(Answering):
            def do_GET(self) -> None:
                risen = f"{10 * (time.monotonic() - began):.0f}"
                self.answer("".join(f"{line}\n" for line in exporter.lines).replace("RISING", risen).encode())

        return Metrics


class Received:
    """What a receiver got: the newest state of each alert, and when it first arrived."""

    def __init__(self) -> None:
        self.alerts: dict[str, dict[str, Any]] = {}
        self.at: dict[str, float] = {}
        self.requests = 0

    def handler(self) -> type[BaseHTTPRequestHandler]:
        received = self

        class Webhook(Answering):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for alert in body["alerts"]:
                    name = alert["labels"]["alertname"]
                    received.alerts[name] = alert
                    received.at.setdefault(name, time.monotonic())
                received.requests += 1
                self.answer()

        return Webhook


def shortened(text: str) -> str:
    """The same with windows of ten seconds, and alerts that wait one."""
    return re.sub(r"\bfor: \w+", "for: 1s", re.sub(r"\[\d+[mh]\]", "[10s]", text))


def prometheus_config(alertmanager: int, exporter: int, mortal: int) -> dict[str, Any]:
    """The deployment's configuration with targets of the test: all processes are one exporter, the last one is another."""
    config: dict[str, Any] = yaml.safe_load((HERE / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = ["alerts.yml"]
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager}"]
    ports = dict.fromkeys(PROCESSES[:-1], exporter) | {PROCESSES[-1]: mortal}
    targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"process": name}} for name, port in ports.items()]
    config["scrape_configs"] = [{"job_name": "bakhong", "static_configs": targets}]
    return config


def alertmanager_configuration(people: int, heartbeat: int) -> dict[str, Any]:
    """The deployment's route with short pauses."""
    settings = AlertSettings(
        alerts_to=f"http://127.0.0.1:{people}/alerts", alerts_heartbeat=f"http://127.0.0.1:{heartbeat}/ping"
    )
    config = alertmanager_config(settings, Receivers.of(settings))
    config["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    config["route"]["routes"][0] |= {"group_interval": "1s", "repeat_interval": "1s"}
    return config


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextlib.contextmanager
def watching(folder: Path, exporter: int, mortal: int, people: int, heartbeat: int) -> Iterator[None]:
    alertmanager, prometheus = free_port(), free_port()
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(alertmanager_configuration(people, heartbeat)))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(prometheus_config(alertmanager, exporter, mortal)))
    (folder / "alerts.yml").write_text(shortened((HERE / "alerts.yml").read_text()))
    sends = ["prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alertmanager",
             "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{alertmanager}"]  # fmt: skip
    watches = ["prometheus", "--config.file=prometheus.yml", "--rules.alert.resend-delay=1s",
               "--storage.tsdb.path=prometheus",
               f"--web.listen-address=127.0.0.1:{prometheus}"]  # fmt: skip
    with running(sends, folder), running(watches, folder):
        yield


def test_every_alert_fires_and_is_received_with_its_runbook_line_and_the_heartbeat_goes_on(tmp_path: Path) -> None:
    exporter, people, heartbeat = Exporter(), Received(), Received()
    expected = {rule["alert"] for rule in RULES} - {"Watchdog"}
    assert expected == set(BROKEN) | BY_ITSELF, "an alert that no one makes fire here"
    with contextlib.ExitStack() as kept:
        ports = [kept.enter_context(listening(each.handler())) for each in (exporter, people, heartbeat)]
        with contextlib.ExitStack() as mortal:
            dies = mortal.enter_context(listening(exporter.handler()))
            kept.enter_context(watching(tmp_path, ports[0], dies, ports[1], ports[2]))
            assert eventually(lambda: heartbeat.requests >= 2, SECONDS_TO_ARRIVE), logs(tmp_path)
            assert people.alerts == {}, "a sound platform raises no alert"
            exporter.lines = SOUND[1:] + [line for lines in BROKEN.values() for line in lines]
        broken_at = time.monotonic()
        assert eventually(lambda: expected <= set(people.at), SECONDS_TO_ARRIVE), (
            expected - set(people.at), logs(tmp_path)
        )  # fmt: skip
        beats = heartbeat.requests
        assert eventually(lambda: heartbeat.requests > beats, SECONDS_TO_ARRIVE)
        exporter.lines = SOUND
        resolved: Callable[[], bool] = lambda: people.alerts["DiskFills"]["status"] == "resolved"  # noqa: E731
        assert eventually(resolved, SECONDS_TO_ARRIVE)

    show(people, broken_at)
    assert set(people.alerts) == expected, "the heartbeat goes to its own receiver"
    assert set(heartbeat.alerts) == {"Watchdog"}
    for name, alert in people.alerts.items():
        assert alert["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"
        assert alert["annotations"]["summary"]


def show(people: Received, broken_at: float) -> None:
    """For the table of docs/operations.md: pytest -s shows it."""
    for name, at in sorted(people.at.items(), key=lambda pair: pair[1]):
        print(f"| {name} | {at - broken_at:.1f} s |")


def logs(folder: Path) -> str:
    return "\n".join(log.read_text()[-3000:] for log in folder.glob("*.log"))
