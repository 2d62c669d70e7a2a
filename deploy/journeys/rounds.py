"""The synthetic journeys: what residents and partners do, done once a minute in the training unit.

Nothing of it reaches a report, a partner or a real person (docs/decisions/0011). Each journey is a function that returns when
everything was as it should be, and raises `JourneyFailed` with the step that was not.
"""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.demo.api_client import signed_headers
from deploy.journeys.accounts import Accounts, JourneyAccount

SECONDS_FOR_A_REQUEST = 10.0
SECONDS_FOR_AN_EVENT = 20.0
BETWEEN_LOOKS = 0.25
AMOUNT = 1_000
Headers = dict[str, str]


class JourneyFailed(RuntimeError):
    """A step of a journey that was not as it should be; the message has no personal data."""


@dataclass(frozen=True)
class Traveller:
    """One round of one journey: its client and its accounts."""

    client: httpx.Client
    accounts: Accounts

    def signed_in(self, account: JourneyAccount) -> Headers:
        """A training account signs in, as people of the platform do."""
        return self._token({"grant_type": "password", "username": account.login, "password": account.secret})

    def partner(self) -> Headers:
        """The partner signs in with its client credentials."""
        partner = self.accounts.partner
        return self._token(
            {"grant_type": "client_credentials", "client_id": partner.client_id, "client_secret": partner.client_secret}
        )

    def _token(self, form: dict[str, str]) -> Headers:
        token = self.expect("sign-in", 200, "POST", "/oauth/token", data=form).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def expect(self, step: str, status: int, method: str, path: str, **more: Any) -> httpx.Response:
        """The response, when it has this status; JourneyFailed otherwise."""
        try:
            answer = self.client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise JourneyFailed(f"{step}: {type(error).__name__}") from error
        if answer.status_code != status:
            raise JourneyFailed(f"{step}: {answer.status_code} instead of {status}")
        return answer

    def until(self, step: str, wanted: Callable[[], bool]) -> None:
        """Looks until something is so; JourneyFailed when it is not so in time."""
        deadline = time.monotonic() + SECONDS_FOR_AN_EVENT
        while not wanted():
            if time.monotonic() > deadline:
                raise JourneyFailed(f"{step}: not within {SECONDS_FOR_AN_EVENT:.0f} s")
            time.sleep(BETWEEN_LOOKS)

    def webhook(self, kind: str, data: dict[str, Any]) -> str:
        """The partner's signed message is accepted; returns its id."""
        partner, webhook_id = self.accounts.partner, f"journey_{uuid.uuid4().hex}"
        body = httpx.Request("POST", "http://x", json={"type": kind, "timestamp": _now(), "data": data}).content
        key = base64.b64decode(partner.webhook_secret.removeprefix("whsec_"))
        headers = signed_headers(key, webhook_id, body)
        self.expect("webhook", 202, "POST", f"/webhooks/{partner.id}", content=body, headers=headers)
        return webhook_id


def sign_in(traveller: Traveller) -> None:
    """A resident signs in and reads the own record."""
    accounts = traveller.accounts
    own = traveller.signed_in(accounts.resident)
    record = traveller.expect("own record", 200, "GET", f"/v1/residents/{accounts.resident_id}", headers=own).json()
    if record["id"] != accounts.resident_id:
        raise JourneyFailed("own record: another one")


def report(traveller: Traveller) -> None:
    """A partner's message is processed and its outcome comes back; the province's report is there.

    It is the same payment each time, so nothing is added to it. Reports do not count training units: how old they are is
    reported by the alerts ConsumerLags and ConsumerStands.
    """
    partner = traveller.partner()
    at = traveller.accounts.prepared_at.isoformat()
    message = traveller.webhook("qr.payment_settled", _payment(traveller, "journey-once", at=at))
    deliveries = f"/v1/partners/{traveller.accounts.partner.id}/deliveries"

    def is_processed() -> bool:
        found = traveller.expect("outcome", 200, "GET", deliveries, params={"webhook_id": message}, headers=partner)
        return any(each["status"] == "processed" for each in found.json()["items"])

    traveller.until("outcome", is_processed)
    figures = traveller.expect("report", 200, "GET", "/v1/reports/progress").json()
    if not figures["indicators"]:
        raise JourneyFailed("report: without figures")


def dossier(traveller: Traveller) -> None:
    """A resident begins a dossier, which is filled from the registry, reads it and discards it."""
    accounts = traveller.accounts
    own = traveller.signed_in(accounts.resident)
    body = {"procedure_code": accounts.procedure, "resident_id": accounts.resident_id}
    draft = traveller.expect("new dossier", 201, "POST", "/v1/dossiers", json=body, headers=own).json()
    path = f"/v1/dossiers/{draft['id']}"
    read = traveller.expect("dossier", 200, "GET", path, headers=own).json()
    traveller.expect("discarded dossier", 204, "DELETE", path, headers=own)
    if read["id"] != draft["id"]:
        raise JourneyFailed("dossier: another one")


def payment(traveller: Traveller) -> None:
    """A stall shows a code with an amount, the bank reports the payment, the code is paid."""
    accounts = traveller.accounts
    stall = traveller.signed_in(accounts.officer)
    codes = f"/v1/merchants/{accounts.merchant_id}/qr-codes"
    wanted = {"kind": "dynamic", "amount": AMOUNT, "purpose": "Kiem tra"}
    code = traveller.expect("new code", 201, "POST", codes, json=wanted, headers=stall).json()
    path = f"/v1/qr-codes/{code['id']}"
    traveller.expect("image of the code", 200, "GET", f"{path}/image", headers=stall)
    traveller.webhook("qr.payment_settled", _payment(traveller, code["reference"]) | {"reference": code["reference"]})

    def is_paid() -> bool:
        return bool(traveller.expect("code", 200, "GET", path, headers=stall).json()["status"] == "paid")

    traveller.until("paid code", is_paid)


def _payment(traveller: Traveller, reference: str, at: str | None = None) -> dict[str, Any]:
    return {
        "partner_reference": reference, "amount": AMOUNT, "currency": "VND", "settled_at": at or _now(),
        "merchant_id": traveller.accounts.merchant_id,
    }  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class Journey:
    """A journey and its objective: it succeeds, and within these seconds."""

    code: str
    take: Callable[[Traveller], None]
    seconds: float


JOURNEYS = (
    Journey("sign-in", sign_in, 3.0),
    Journey("report", report, 10.0),
    Journey("dossier", dossier, 5.0),
    Journey("payment", payment, 10.0),
)


@dataclass(frozen=True)
class Round:
    """How a round of a journey ended."""

    code: str
    outcome: str
    """`ok`, `slow` or `failed`."""
    seconds: float
    reason: str = ""


def travel(journey: Journey, url: str, accounts: Accounts) -> Round:
    """One round of a journey at the platform `url`."""
    began = time.monotonic()
    try:
        with httpx.Client(base_url=url, timeout=SECONDS_FOR_A_REQUEST) as client:
            journey.take(Traveller(client, accounts))
    except (JourneyFailed, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        reason = str(error) if isinstance(error, JourneyFailed) else type(error).__name__
        return Round(journey.code, "failed", time.monotonic() - began, reason)
    seconds = time.monotonic() - began
    return Round(journey.code, "slow" if seconds > journey.seconds else "ok", seconds)
