"""One round: every journey and every service, what Prometheus reads of it, and the files of `/status`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from deploy.journeys.accounts import Accounts
from deploy.journeys.history import History, write_whole
from deploy.journeys.metrics import FINISHED, ROUNDS, SECONDS, SUCCEEDED
from deploy.journeys.rounds import JOURNEYS, Round, travel
from deploy.journeys.services import check_services
from gateway.status import document
from gateway.status.document import FILE, Part, PlatformStatus, State, Title, overall
from gateway.status.page import status_page

STATES: dict[str, State] = {"ok": "works", "slow": "impaired", "failed": "down"}
OUTCOMES = tuple(STATES)


def begin() -> None:
    """Every counter is there before the first round: a rate needs a beginning."""
    for journey in JOURNEYS:
        SECONDS.labels(journey.code)
        for outcome in OUTCOMES:
            ROUNDS.labels(journey.code, outcome)


def measure(url: str, addresses: Mapping[str, str], accounts: Accounts | None, folder: Path) -> list[Round]:
    """One round at the platform `url`; without accounts the services alone. Writes the files of `/status` into `folder`."""
    services = check_services(addresses)
    rounds = _travel_all(url, accounts) if accounts else []
    for each in rounds:
        _count(each)
    journeys: dict[str, State] = {each.code: STATES[each.outcome] for each in rounds}
    write_status(folder, journeys, services, datetime.now(UTC))
    return rounds


def _travel_all(url: str, accounts: Accounts) -> list[Round]:
    with ThreadPoolExecutor(len(JOURNEYS)) as pool:
        return list(pool.map(lambda journey: travel(journey, url, accounts), JOURNEYS))


def _count(ended: Round) -> None:
    ROUNDS.labels(ended.code, ended.outcome).inc()
    SECONDS.labels(ended.code).observe(ended.seconds)
    SUCCEEDED.labels(ended.code).set(ended.outcome != "failed")
    FINISHED.labels(ended.code).set(time.time())


def write_status(folder: Path, journeys: Mapping[str, State], services: Mapping[str, State], at: datetime) -> None:
    """`status.json` and one page for each language; the JSON last, because its age is the age of all of them."""
    history = History.read(folder)
    status = PlatformStatus(
        state=overall(journeys.values(), services.values()),
        checked_at=at,
        journeys=_parts(history, journeys, document.JOURNEYS, at),
        services=_parts(history, services, document.SERVICES, at),
    )
    history.write(folder)
    write_whole(folder / "status.vi.html", status_page(status, "vi"))
    write_whole(folder / "status.en.html", status_page(status, "en"))
    write_whole(folder / FILE, status.model_dump_json())


def _parts(history: History, states: Mapping[str, State], titles: Mapping[str, Title], at: datetime) -> list[Part]:
    parts = []
    for code, state in states.items():
        known = history.note(code, state, at)
        parts.append(
            Part(code=code, title=titles[code], state=state, since=known.since, level=known.level, days=len(known.days))
        )
    return parts
