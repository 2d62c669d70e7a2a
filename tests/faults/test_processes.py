"""Processes die while partners send: nothing that was accepted is lost, nothing counts twice, nobody has to help."""

import contextlib
import io
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.demo.door import Outsider, eventually, success
from deploy.demo.load import load_units
from deploy.demo.people import people, write_list
from deploy.local.health import is_ready
from deploy.local.started import Started, started

pytestmark = pytest.mark.timeout(600)

COMMUNE = "15724"
VILLAGES = ["15724-01"]
BETWEEN_MESSAGES = 0.03


@pytest.fixture(scope="module")
def platform() -> Iterator[Started]:
    with started({"DEMO": "0"}) as running:
        with Outsider(running.url) as outside:
            load_units(outside)
        yield running


@pytest.fixture(scope="module")
def outside(platform: Started) -> Iterator[Outsider]:
    with Outsider(platform.url) as outsider:
        yield outsider


@pytest.fixture(scope="module")
def merchant_id(outside: Outsider) -> str:
    officer = outside.officer(COMMUNE)
    merchant = outside.post(
        "/v1/merchants",
        {
            "name": "Quầy thử", "category": "market_stall", "unit_code": COMMUNE, "owner": {"tax_code": "2801234563"},
            "provider": "demo-bank",
            "settlement": {"bin": "970436", "account_no": "9900000002", "account_name": "NGUOI THU"},
        },
        who=officer,
    )  # fmt: skip
    success(outside.webhook("demo-bank", "merchant.verified", {"merchant_id": merchant["id"]}))
    path = f"/v1/merchants/{merchant['id']}"
    assert eventually(lambda: outside.get(path, who=officer)["status"] == "active")
    return str(merchant["id"])


class Bank(threading.Thread):
    """Sends one payment after another, each until it is accepted, as a partner's retry queue would."""

    def __init__(self, url: str, merchant_id: str) -> None:
        super().__init__(daemon=True)
        self.accepted: list[int] = []
        self.enough = threading.Event()
        self._url = url
        self._merchant_id = merchant_id

    def run(self) -> None:
        with Outsider(self._url) as outside:
            while not self.enough.is_set():
                self._deliver(outside, amount=1_000 + len(self.accepted))
                time.sleep(BETWEEN_MESSAGES)

    def _deliver(self, outside: Outsider, amount: int) -> None:
        webhook_id, at = f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
        payment = {
            "partner_reference": webhook_id, "amount": amount, "currency": "VND", "settled_at": at.isoformat(),
            "merchant_id": self._merchant_id,
        }  # fmt: skip
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = outside.webhook("demo-bank", "qr.payment_settled", payment, webhook_id=webhook_id, at=at)
                if answer.status_code == 202:
                    self.accepted.append(amount)
                    return
                assert answer.status_code >= 500, answer.text
            time.sleep(0.1)


@pytest.fixture
def bank(platform: Started, merchant_id: str) -> Iterator[Bank]:
    sender = Bank(platform.url, merchant_id)
    sender.start()
    yield sender
    sender.enough.set()
    sender.join(30)


def sums(outside: Outsider) -> tuple[int, int]:
    report = outside.get(
        "/v1/reports/progress", params={"unit_code": COMMUNE}, who=outside.officer(COMMUNE)
    )["indicators"]  # fmt: skip
    found = {each["code"]: each["numerator"] or 0 for each in report}
    return found["cashless_payments"], found["cashless_amount"]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def pid_of(platform: Started, name: str) -> int:
    note = platform.note()
    return int(note["processes"][name])


def test_every_process_may_die_under_load(platform: Started, outside: Outsider, bank: Bank) -> None:
    before = sums(outside)
    recovered: dict[str, float] = {}
    for name in ("gateway", "payments-qr", "reporting", "registry", "onboarding", "casework", "postgres"):
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
    assert eventually(lambda: sums(outside) == expected, 30), (sums(outside), expected)
    assert max(recovered.values()) < 20, recovered
    time.sleep(1)
    assert sums(outside) == expected, "something counted twice afterwards"


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_launcher_leaves_no_process_and_loses_nothing(
    platform: Started, outside: Outsider, merchant_id: str, ending: signal.Signals
) -> None:
    amount, at = 7_000, datetime.now(UTC)
    before = sums(outside)
    payment: dict[str, Any] = {
        "partner_reference": f"ft-{uuid.uuid4()}", "amount": amount, "currency": "VND", "settled_at": at.isoformat(),
        "merchant_id": merchant_id,
    }  # fmt: skip
    assert outside.webhook("demo-bank", "qr.payment_settled", payment, at=at).status_code == 202

    code = platform.send(ending)
    assert code == (-ending if ending == signal.SIGKILL else 0)
    assert eventually(lambda: not platform.processes(), 15), platform.processes()

    assert platform.start() < 30  # 10 s on a quiet machine; tests share theirs
    with Outsider(platform.url) as again:
        expected = (before[0] + 1, before[1] + amount)
        assert eventually(lambda: sums(again) == expected, 15), (sums(again), expected)


def test_a_list_that_was_being_taken_over_when_the_registry_died_is_finished(
    platform: Started, outside: Outsider
) -> None:
    text = io.StringIO()
    count = write_list(text, people(VILLAGES, seed=1))
    with Outsider(platform.url) as fresh:  # tokens end with a restart
        officer = fresh.officer(COMMUNE)
        sent = success(
            fresh.ask(
                "POST", "/v1/resident-imports", who=officer, data={"unit_code": COMMUNE},
                files={"file": ("danh-sach.csv", text.getvalue().encode(), "text/csv")},
            )
        ).json()  # fmt: skip
        kill(pid_of(platform, "registry"))

        def finished() -> Any:
            answer = fresh.ask("GET", f"/v1/resident-imports/{sent['id']}", who=officer)
            return answer.json() if answer.is_success and answer.json()["status"] == "completed" else None

        done = eventually(finished, 60)
    assert done
    assert (done["created"], done["rejected"]) == (count, 0)
