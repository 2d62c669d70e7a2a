"""Processes die while partners send: nothing that was accepted is lost, nothing counts twice, without intervention."""

import io
import os
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.demo.api_client import ApiClient, eventually, success
from deploy.demo.load import load_units
from deploy.demo.people import demo_files, people, write_list
from deploy.demo.steady_bank import COMMUNE, DemoBank, open_merchant, sums
from deploy.journeys.measuring import measure
from deploy.journeys.prepare import prepare
from deploy.journeys.rounds import JOURNEYS
from deploy.local.health import is_ready
from deploy.local.started import Started, started
from gateway.status.document import PlatformStatus, read_status

pytestmark = pytest.mark.timeout(600)

VILLAGES = ["15724-01"]


@pytest.fixture(scope="module")
def platform() -> Iterator[Started]:
    with started({"DEMO": "0"}) as running:
        with ApiClient(running.url) as api:
            load_units(api)
        yield running


@pytest.fixture(scope="module")
def api(platform: Started) -> Iterator[ApiClient]:
    with ApiClient(platform.url) as api:
        yield api


@pytest.fixture(scope="module")
def merchant_id(api: ApiClient) -> str:
    return open_merchant(api)


@pytest.fixture
def bank(platform: Started, merchant_id: str) -> Iterator[DemoBank]:
    sender = DemoBank(platform.url, merchant_id)
    sender.start()
    yield sender
    sender.enough.set()
    sender.join(30)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def pid_of(platform: Started, name: str) -> int:
    note = platform.note()
    return int(note["processes"][name])


@contextmanager
def stopped(platform: Started, name: str) -> Iterator[None]:
    """A process that answers no more, and is there again afterwards."""
    pid = pid_of(platform, name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ports_of(pid: int) -> set[int]:
    """The TCP ports whose listening sockets a process holds."""
    tables = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    port_of = {f"socket:[{line[9]}]": int(line[1].rpartition(":")[2], 16) for line in tables if line[3] == "0A"}
    held = {os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}
    return {port_of[each] for each in held if each in port_of}


def test_each_process_holds_no_listening_socket_of_another(platform: Started) -> None:
    note = platform.note()
    own = {name: urlsplit(address).port for name, address in note["addresses"].items()}

    held = {name: ports_of(note["processes"][name]) for name in own}

    assert held == {name: {port} for name, port in own.items()}


def test_a_stopped_service_makes_its_journey_fail_and_the_others_stay_correct(
    platform: Started, api: ApiClient, tmp_path: Path
) -> None:
    """How long a journey took depends on this machine, not on the journeys: `slow` counts as taken."""
    plan = {"file": ("plan.yaml", (demo_files() / "plans/dong-thang-2024.yaml").read_bytes(), "application/yaml")}
    success(api.request("POST", "/v1/campaign-plans", who=api.officer("38"), files=plan))
    accounts = prepare(api, COMMUNE, operator=api.operator())
    note = platform.note()
    addresses = note["addresses"]

    def measured() -> tuple[set[str], PlatformStatus]:
        rounds = measure(platform.url, addresses, accounts, tmp_path)
        return {each.code for each in rounds if each.outcome == "failed"}, read_status(tmp_path) or pytest.fail("none")

    failed, status = measured()
    assert failed == set()
    assert {part.state for part in status.services} == {"works"}

    with stopped(platform, "casework"):
        failed, status = measured()
    assert failed == {"dossier"}
    assert status.state == "impaired"
    assert [part.code for part in (*status.journeys, *status.services) if part.state == "down"] == [
        "dossier",
        "casework",
    ]

    with stopped(platform, "gateway"):
        failed, status = measured()
    assert failed == {journey.code for journey in JOURNEYS}
    assert status.state == "down"
    assert [part.code for part in status.services if part.state == "down"] == ["gateway"]


def test_every_process_may_die_under_load(platform: Started, api: ApiClient, bank: DemoBank) -> None:
    before = sums(api)
    recovered: dict[str, float] = {}
    for name in (
        "gateway",
        "payments-qr",
        "reporting",
        "registry",
        "onboarding",
        "casework",
        "notifications",
        "postgres",
    ):
        enough = len(bank.accepted) + 5
        assert eventually(lambda enough=enough: len(bank.accepted) >= enough, 30), f"no load before {name}"
        pid = pid_of(platform, name)
        kill(pid)
        died = time.monotonic()
        assert eventually(lambda name=name, pid=pid: pid_of(platform, name) != pid, 30), f"{name} did not come back"
        assert eventually(lambda: is_ready(platform.port), 30), f"not ready after {name}"
        recovered[name] = time.monotonic() - died
    bank.enough.set()
    bank.join(30)

    expected = (before[0] + len(bank.accepted), before[1] + sum(bank.accepted))
    assert eventually(lambda: sums(api) == expected, 30), (sums(api), expected)
    assert max(recovered.values()) < 20, recovered
    time.sleep(1)
    assert sums(api) == expected, "something counted twice afterwards"


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_launcher_leaves_no_process_and_loses_nothing(
    platform: Started, api: ApiClient, merchant_id: str, ending: signal.Signals
) -> None:
    amount, at = 7_000, datetime.now(UTC)
    before = sums(api)
    payment: dict[str, Any] = {
        "partner_reference": f"ft-{uuid.uuid4()}", "amount": amount, "currency": "VND", "settled_at": at.isoformat(),
        "merchant_id": merchant_id,
    }  # fmt: skip
    assert api.webhook("demo-bank", "qr.payment_settled", payment, at=at).status_code == 202

    code = platform.send(ending)
    assert code == (-ending if ending == signal.SIGKILL else 0)
    assert eventually(lambda: not platform.processes(), 15), platform.processes()

    assert platform.start() < 90  # under 10 s on a quiet machine; tests share theirs
    with ApiClient(platform.url) as again:
        expected = (before[0] + 1, before[1] + amount)
        assert eventually(lambda: sums(again) == expected, 15), (sums(again), expected)


def test_a_list_that_was_being_taken_over_when_the_registry_died_is_finished(platform: Started, api: ApiClient) -> None:
    text = io.StringIO()
    count = write_list(text, people(VILLAGES, seed=1))
    with ApiClient(platform.url) as fresh:  # tokens end with a restart
        officer = fresh.officer(COMMUNE)
        sent = success(
            fresh.request(
                "POST", "/v1/resident-imports", who=officer, data={"unit_code": COMMUNE},
                files={"file": ("danh-sach.csv", text.getvalue().encode(), "text/csv")},
            )
        ).json()  # fmt: skip
        kill(pid_of(platform, "registry"))

        def finished() -> Any:
            answer = fresh.request("GET", f"/v1/resident-imports/{sent['id']}", who=officer)
            return answer.json() if answer.is_success and answer.json()["status"] == "completed" else None

        done = eventually(finished, 60)
    assert done
    assert (done["created"], done["rejected"]) == (count, 0)
