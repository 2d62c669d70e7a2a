"""Work that goes on while things break: every service has a part in it, and the reports must count all of it once.

Each stream sends one thing after another, each until it is accepted, as a partner's retry queue or a patient officer
would; what was accepted is kept and compared with the reports.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

import httpx

from deploy.demo.api_client import ApiClient, eventually, partner_key, signed_headers
from deploy.demo.steady_bank import COMMUNE, open_merchant

VILLAGE = "15727-01"
BETWEEN_SENDINGS = 0.04
BETWEEN_TRIES = 0.1
SECONDS_TO_ANSWER = 3.0
OFFICER = "officer-of-the-faults"
"""The same account after each sign-in: an Idempotency-Key is known only to the account that sent it."""
Counts = dict[str, int]
NewTransport = Callable[[], httpx.BaseTransport | None]
"""How the client of a sender reaches the platform; None: by its URL."""
_SERIALS = itertools.count(1)


class RequestRefused(RuntimeError):
    """Something that must be accepted sooner or later was refused for good."""


class Stream(threading.Thread):
    """One sender. `accepted` counts by the names of the report's figures; `last_at` is when it was last accepted."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.accepted: Counts = {}
        self.moments: list[float] = []
        """When something was accepted."""
        self.last_began = 0.0
        self.new_transport: NewTransport = lambda: None
        self.tries: dict[str, int] = {}
        self.failure: BaseException | None = None
        self._url = url
        self._goes_on = threading.Event()
        self._rests = threading.Event()
        self._rests.set()
        self._is_over = False

    def run(self) -> None:
        try:
            with httpx.Client(base_url=self._url, timeout=SECONDS_TO_ANSWER, transport=self.new_transport()) as client:
                while not self._is_over:
                    if not self._goes_on.wait(0.1):
                        continue
                    self._rests.clear()
                    began = time.monotonic()
                    for name, count in self.send_one(client).items():
                        self.accepted[name] = self.accepted.get(name, 0) + count
                    self.moments.append(time.monotonic())
                    self.last_began = began
                    self._rests.set()
                    time.sleep(BETWEEN_SENDINGS)
        except BaseException as error:
            self.failure = error
            self._rests.set()

    def go_on(self) -> None:
        self._goes_on.set()

    def rest(self) -> None:
        """Finishes what it has in hand, until it is accepted, and sends nothing more."""
        self._goes_on.clear()
        time.sleep(0.15)
        if not self._rests.wait(120):
            raise AssertionError(f"{type(self).__name__} is not accepted any more: {self.tries}")
        if self.failure is not None:
            raise self.failure

    def end(self) -> None:
        self._is_over = True
        self._goes_on.set()

    def send_one(self, client: httpx.Client) -> Counts:
        """Sends one thing until it is accepted; which figures it moves."""
        raise NotImplementedError

    def deliver(self, client: httpx.Client, partner: str, kind: str, data: dict[str, Any]) -> None:
        """One webhook, again and again under the same id until 202."""
        webhook_id, at = f"msg_{uuid.uuid4().hex}", datetime.now(UTC).isoformat()
        body = json.dumps({"type": kind, "timestamp": at, "data": data}).encode()

        def once() -> httpx.Response:
            headers = signed_headers(partner_key(partner), webhook_id, body)
            return client.post(f"/webhooks/{partner}", content=body, headers=headers)

        self.until_accepted(once, 202)

    def until_accepted(self, once: Any, *wanted: int) -> httpx.Response:
        while not self._is_over:
            status = "no answer"
            with contextlib.suppress(httpx.HTTPError):
                answer: httpx.Response = once()
                if answer.status_code in wanted:
                    return answer
                status = str(answer.status_code)
                if self.is_refusal(answer):
                    raise RequestRefused(f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
            self.tries[status] = self.tries.get(status, 0) + 1
            time.sleep(BETWEEN_TRIES)
        raise RequestRefused("the test was over before it was accepted")

    def is_refusal(self, answer: httpx.Response) -> bool:
        """Whether asking again is no use: tokens end with a restart of the gateway, signatures do not."""
        worth_it = {404, 409, 429} if answer.request.url.path.startswith("/webhooks/") else {401, 404, 409, 429}
        return answer.status_code < 500 and answer.status_code not in worth_it


class Payments(Stream):
    """gateway, payments-qr, reporting: a bank reports settled payments of one stall."""

    def __init__(self, url: str, merchant_id: str) -> None:
        super().__init__(url)
        self.merchant_id = merchant_id

    def send_one(self, client: httpx.Client) -> Counts:
        return self.pay(client, 1_000 + self.accepted.get("cashless_payments", 0))

    def pay(self, client: httpx.Client, amount: int) -> Counts:
        payment = {
            "partner_reference": f"ft-{uuid.uuid4().hex}", "amount": amount, "currency": "VND",
            "settled_at": datetime.now(UTC).isoformat(), "merchant_id": self.merchant_id,
        }  # fmt: skip
        self.deliver(client, "demo-bank", "qr.payment_settled", payment)
        return {"cashless_payments": 1, "cashless_amount": amount}


class Journeys(Stream):
    """registry, onboarding, reporting: an officer registers a person, and a bank reports an account."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._token: str | None = None

    def send_one(self, client: httpx.Client) -> Counts:
        serial = next(_SERIALS)
        number = f"038099{serial:06d}"
        person = {
            "personal_id": number, "id_document": "cccd", "full_name": "Người Thử", "date_of_birth": "1999-05-05",
            "sex": "male", "unit_code": VILLAGE,
        }  # fmt: skip
        self.until_accepted(lambda: self._register(client, person, f"fault-{number}"), 201)
        account = {"resident": {"personal_id": number}, "kind": "bank", "account_ref": f"ref-{number}"}
        self.deliver(client, "demo-bank", "payment_account.opened", account)
        return {"residents": 1, "payment_account_bank": 1}

    def _register(self, client: httpx.Client, person: dict[str, Any], key: str) -> httpx.Response:
        if self._token is None:
            officer = {"role": "officer", "unit_code": COMMUNE, "subject": OFFICER}
            self._token = str(client.post("/dev/token", json=officer).raise_for_status().json()["access_token"])
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        answer = client.post("/v1/residents", json=person, headers=headers)
        if answer.status_code == 401:
            self._token = None  # tokens of development end with a restart of the gateway
        return answer


class Dossiers(Stream):
    """gateway, casework, reporting: a portal reports dossiers filed there."""

    def send_one(self, client: httpx.Client) -> Counts:
        moment = datetime.now(UTC)
        dossier = {
            "code": f"H56.{uuid.uuid4().hex[:20]}", "procedure_code": "2.000635", "unit_code": COMMUNE,
            "national_status": 2, "channel": 2, "received_at": moment.isoformat(),
            "due_at": (moment + timedelta(days=2)).isoformat(),
        }  # fmt: skip
        self.deliver(client, "demo-portal", "dossier.status_changed", dossier)
        return {"dossiers_online": 1}


@dataclass(frozen=True)
class Outcome:
    """What became of the load of one fault. Seconds from the moment in which nothing was broken any more."""

    accepted: int
    lost: int
    doubled: int
    recovered: float


class Load:
    """All streams together, and what the reports count of them."""

    def __init__(self, url: str, new_transport: NewTransport = lambda: None) -> None:
        self.api = ApiClient(url, transport=new_transport())
        merchant_id = open_merchant(self.api)
        self.payments = Payments(url, merchant_id)
        self.streams: tuple[Stream, ...] = (self.payments, Journeys(url), Dossiers(url))
        self.besides: Counts = {}
        """What the test itself sent beside the streams, and was accepted."""
        self._before = self._figures()
        for stream in self.streams:
            stream.new_transport = new_transport
            stream.start()

    def __enter__(self) -> Load:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self.streams:
            stream.end()
        for stream in self.streams:
            stream.join(10)
        self.api.__exit__(None, None, None)

    def go_on(self, *, until_each_sent: int = 3) -> None:
        """Begins to send (again), and comes back when every stream flows."""
        before = [sum(stream.accepted.values()) for stream in self.streams]
        for stream in self.streams:
            stream.go_on()

        def flows() -> bool:
            now = [sum(stream.accepted.values()) for stream in self.streams]
            return all(after >= ago + until_each_sent for ago, after in zip(before, now, strict=True))

        assert eventually(flows, 60), [stream.tries for stream in self.streams]

    def accepted(self) -> Counts:
        found: Counts = {}
        for accepted in (self.besides, *(stream.accepted for stream in self.streams)):
            for name, count in dict(accepted).items():
                found[name] = found.get(name, 0) + count
        return found

    def counted(self) -> Counts:
        """What the reports count of this load."""
        figures = self._figures()
        return {name: figures[name] - self._before[name] for name in self._before}

    def also(self, counts: Counts) -> None:
        """Something was accepted beside the streams."""
        for name, count in counts.items():
            self.besides[name] = self.besides.get(name, 0) + count

    def seconds_to_recover(self, healed_at: float, within: float) -> float:
        """Until each stream was accepted again and the reports have caught up with what was accepted by then."""

        def flows() -> bool:
            return all(stream.last_began > healed_at for stream in self.streams)

        assert eventually(flows, within), f"not accepted again within {within} s: {[s.tries for s in self.streams]}"
        wanted = self.accepted()
        assert eventually(lambda: covers(self.counted(), wanted), within), (self.counted(), wanted)
        return time.monotonic() - healed_at

    def settle(self, before: Counts, recovered: float, within: float) -> Outcome:
        """Stops sending, waits for the reports, and returns what is missing or too much in them."""
        for stream in self.streams:
            stream.rest()
        wanted = self.accepted()
        eventually(lambda: self.counted() == wanted, within)
        time.sleep(0.5)  # a double would come late
        counted = self.counted()
        sent = sum(wanted[name] - before.get(name, 0) for name in wanted if name != "cashless_amount")
        lost = sum(max(0, wanted[name] - counted[name]) for name in wanted)
        doubled = sum(max(0, counted[name] - wanted[name]) for name in wanted)
        return Outcome(sent, lost, doubled, recovered)

    def _figures(self) -> Counts:
        report = self.api.get(
            "/v1/reports/progress", params={"unit_code": COMMUNE}, who=self.api.officer(COMMUNE)
        )["indicators"]  # fmt: skip
        found = {each["code"]: each["numerator"] or 0 for each in report}
        names = ("cashless_payments", "cashless_amount", "residents", "payment_account_bank", "dossiers_online")
        return {name: found[name] for name in names}


def covers(counted: Counts, wanted: Counts) -> bool:
    return all(counted[name] >= count for name, count in wanted.items())
