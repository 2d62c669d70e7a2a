"""Scenarios that every webhook sender meets, played against a platform; each says what was expected and what came."""

import argparse
import base64
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bakhong_client.webhooks import new_message_id, sign_webhook


def development_secret(partner_id: str) -> str:
    """The published secret of a development partner."""
    return "whsec_" + base64.b64encode(partner_id.encode().ljust(32, b".")).decode()


@dataclass
class Sandbox:
    """A partner at a platform's door. `results` collects what was expected and what came."""

    http: httpx.Client
    partner_id: str
    secret: str
    personal_id: str
    unit_code: str
    scenario: str = ""
    results: list[tuple[str, str, str]] = field(default_factory=list)

    def send(
        self,
        expected: str,
        body: Any,
        *,
        message_id: str | None = None,
        sent_at: float | None = None,
        secret: str | None = None,
        what: str = "",
    ) -> None:
        """Deliver one body and note `<status> <word>` beside what was expected."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = sign_webhook(secret or self.secret, raw, message_id=message_id, sent_at=sent_at)
        answer = self.http.post(f"/webhooks/{self.partner_id}", content=raw, headers=headers)
        self.results.append((f"{self.scenario} {what}".strip(), expected, f"{answer.status_code} {_word(answer)}"))

    def account(self, event: str, happened_at: datetime, **changes: Any) -> dict[str, Any]:
        data = {
            "resident": {"personal_id": self.personal_id},
            "kind": "bank",
            "account_ref": "sandbox-1",
            "unit_code": self.unit_code,
        }
        return {"type": event, "timestamp": happened_at.isoformat(), "data": data | changes}

    def payment(self, event: str, happened_at: datetime, **data: Any) -> dict[str, Any]:
        return {"type": event, "timestamp": happened_at.isoformat(), "data": data}


def accepted(sandbox: Sandbox) -> None:
    """One account opened now."""
    sandbox.send("202 accepted", sandbox.account("payment_account.opened", _now()))


def twice(sandbox: Sandbox) -> None:
    """The same message sent again, as after a lost answer: a new timestamp and signature, the same id."""
    message_id, body = new_message_id(), sandbox.account("payment_account.opened", _now())
    sandbox.send("202 accepted", body, message_id=message_id)
    sandbox.send("202 duplicate", body, message_id=message_id, sent_at=time.time() + 1)


def conflict(sandbox: Sandbox) -> None:
    """Another body under an id that was used: kept and flagged, never applied."""
    message_id = new_message_id()
    sandbox.send("202 accepted", sandbox.account("payment_account.opened", _now()), message_id=message_id)
    other = sandbox.account("payment_account.opened", _now(), account_ref="sandbox-other")
    sandbox.send("202 conflict", other, message_id=message_id)


def late(sandbox: Sandbox) -> None:
    """An event of last week sent today: the body's time says when it happened, the header's when it is sent."""
    sandbox.send("202 accepted", sandbox.account("payment_account.opened", _now() - timedelta(days=7)))


def reordered(sandbox: Sandbox) -> None:
    """A closing that arrives before its opening, and a reversal before its payment: the outcome is the same."""
    begun = _now() - timedelta(minutes=10)
    closed = sandbox.account("payment_account.closed", begun + timedelta(minutes=5), account_ref="sandbox-2")
    sandbox.send("202 accepted", closed, what="closed, before it was opened")
    sandbox.send("202 accepted", sandbox.account("payment_account.opened", begun, account_ref="sandbox-2"))
    reference = new_message_id()
    reversal = {"partner_reference": f"{reference}-r", "original_reference": reference, "amount": 20_000}
    reversed_at = {"reversed_at": (begun + timedelta(minutes=2)).isoformat()}
    sandbox.send("202 accepted", sandbox.payment("qr.payment_reversed", begun, **reversal, **reversed_at))
    sandbox.send("202 accepted", _settled(sandbox, reference, 20_000, begun), what="settled, after it was reversed")


def wrong_amount(sandbox: Sandbox) -> None:
    """A payment that fits no bill: accepted at the door, listed as unmatched by the platform."""
    sandbox.send("202 accepted", _settled(sandbox, new_message_id(), 1, _now(), reference="NOSUCHBILL"))


def unknown_person(sandbox: Sandbox) -> None:
    """Somebody whom the registry does not know: accepted, shown as unmatched, applied when the person appears."""
    body = sandbox.account("payment_account.opened", _now(), resident={"personal_id": "038099999999"})
    sandbox.send("202 accepted", body)


def stale(sandbox: Sandbox) -> None:
    """A request whose own timestamp is more than 300 seconds off."""
    body = sandbox.account("payment_account.opened", _now())
    sandbox.send("401 bad-signature", body, sent_at=time.time() - 301)


def wrong_secret(sandbox: Sandbox) -> None:
    """A signature by another secret."""
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    sandbox.send("401 bad-signature", sandbox.account("payment_account.opened", _now()), secret=other)


def malformed(sandbox: Sandbox) -> None:
    """Rightly signed, wrongly written."""
    sandbox.send("400 malformed-message", b"not json")
    sandbox.send("400 malformed-message", sandbox.account("payment_account.opened", _now(), kind="gold"))


def not_allowed(sandbox: Sandbox) -> None:
    """A type that does not exist, and one that belongs to other partners."""
    sandbox.send("422 unknown-type", sandbox.account("nothing.happened", _now()))
    identity = {"resident": {"personal_id": sandbox.personal_id}, "level": 2}
    sandbox.send("422 type-not-allowed", sandbox.payment("vneid.activated", _now(), **identity))


SCENARIOS: dict[str, Callable[[Sandbox], None]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(accepted, twice, conflict, late, reordered, wrong_amount, unknown_person),
        *(stale, wrong_secret, malformed, not_allowed),
    )
}


def play(sandbox: Sandbox, names: Sequence[str]) -> bool:
    """Play scenarios; whether every answer was the expected one."""
    for name in names:
        sandbox.scenario = name
        SCENARIOS[name](sandbox)
    return all(expected == came for _, expected, came in sandbox.results)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when every answer was the expected one."""
    options = _parser().parse_args(arguments)
    if options.list:
        for name, scenario in SCENARIOS.items():
            sys.stdout.write(f"{name:<16}{scenario.__doc__}\n")
        return 0
    secret = options.secret or development_secret(options.partner)
    with httpx.Client(base_url=options.url.rstrip("/"), timeout=30) as http:
        sandbox = Sandbox(http, options.partner, secret, options.personal_id, options.unit_code)
        try:
            fits = play(sandbox, options.scenario or list(SCENARIOS))
        except httpx.TransportError as error:
            sys.stderr.write(
                f"There is no platform at {options.url} ({error}): start one with make run, or give --url.\n"
            )
            return 2
    for what, expected, came in sandbox.results:
        sys.stdout.write(f"{'ok  ' if expected == came else 'BAD '} {what:<46} expected {expected:<22} came {came}\n")
    return 0 if fits else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bakhong-sandbox", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], help="all when none is named")
    parser.add_argument("--list", action="store_true", help="show the scenarios")
    parser.add_argument("--url", default="http://localhost:8080")
    parser.add_argument("--partner", default="demo-bank")
    parser.add_argument("--secret", help="whsec_…; by default the published one of a development partner")
    parser.add_argument("--personal-id", default="038095000001")
    parser.add_argument("--unit-code", default="15724")
    return parser


def _settled(
    sandbox: Sandbox, partner_reference: str, amount: int, at: datetime, reference: str | None = None
) -> dict[str, Any]:
    data = {"partner_reference": partner_reference, "amount": amount, "currency": "VND", "settled_at": at.isoformat()}
    return sandbox.payment("qr.payment_settled", at, **data, **({"reference": reference} if reference else {}))


def _word(answer: httpx.Response) -> str:
    try:
        document = answer.json()
    except ValueError:
        return ""
    return str(document.get("status") if answer.status_code == 202 else document.get("type", "").rpartition("/")[2])


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
