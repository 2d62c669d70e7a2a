"""`python -m deploy.journeys`: the synthetic journeys once a minute, their numbers for Prometheus, and the files of `/status`.

python -m deploy.journeys prepare UNIT   makes their accounts (for OFFICER_TOKEN and OPERATOR_TOKEN; in development without)
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import httpx
from prometheus_client import start_http_server

from chassis.observability.log import configure_logging, logger
from deploy.demo.api_client import ApiClient, RequestRefused
from deploy.journeys.accounts import Accounts
from deploy.journeys.measuring import begin, measure
from deploy.journeys.metrics import RECEIVERS, REGISTRY
from deploy.journeys.page import serve_page
from deploy.journeys.prepare import NotPrepared, prepare
from deploy.journeys.settings import JourneySettings

PREPARED = Path(__file__).parents[1] / "secrets/journeys.json"


def run(settings: JourneySettings, ended: threading.Event) -> None:
    """Rounds until `ended`; one that is late is followed by the next at once."""
    begin()
    RECEIVERS.set(settings.has_receivers)
    start_http_server(settings.port, registry=REGISTRY)
    if settings.status_port:
        serve_page(settings.folder, settings.status_port)
    due = time.monotonic()
    while not ended.wait(max(0.0, due - time.monotonic())):
        due = max(due + settings.seconds, time.monotonic())
        for each in measure(settings.url, settings.addresses, Accounts.read(settings.accounts), settings.folder):
            logger.info("journey ended", journey=each.code, outcome=each.outcome, seconds=round(each.seconds, 2),
                        reason=each.reason)  # fmt: skip


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            configure_logging("journeys")
            ended = threading.Event()
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: ended.set())
            run(JourneySettings.of(), ended)
            return 0
        case ["prepare", unit]:
            return _prepare(unit)
    print(__doc__, file=sys.stderr)
    return 2


def _prepare(unit: str) -> int:
    tokens = {name: os.environ.get(f"{name}_TOKEN") for name in ("OFFICER", "OPERATOR")}
    headers = {name: {"Authorization": f"Bearer {token}"} if token else None for name, token in tokens.items()}
    try:
        with ApiClient(os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8080") as api:
            made = prepare(api, unit, officer=headers["OFFICER"], operator=headers["OPERATOR"])
    except (NotPrepared, RequestRefused, httpx.HTTPError) as error:
        print(f"The journeys are not prepared: {error}", file=sys.stderr)
        return 1
    made.write(PREPARED)
    print(f"The accounts of the journeys are in {PREPARED}; they end a year from now.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
