"""An operator registers a partner; partners sign in, read what became of their messages, and subscribe to events."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.api_client import partner_key
from deploy.generate.story.teller import COMMUNE, Teller

TYPES = ["dossier.status_changed", "bill.issued"]
AGREEMENT = {
    "number": "12/TTHT", "signed_on": "2026-10-01", "unit_code": COMMUNE, "scope": ["payment_account", "qr"],
    "valid_from": "2026-10-01", "valid_to": "2028-09-30",
}  # fmt: skip
LICENCE = {
    "kind": "payment", "number": "21/GP-NHNN", "issuer": "Ngân hàng Nhà nước Việt Nam", "valid_from": "2026-01-01",
    "valid_to": "2030-12-31",
}  # fmt: skip


def a_partner_is_registered(tell: Teller) -> None:
    """With its secret, agreement, licence and quota."""
    operator, name = tell.sign_in(role="operator"), f"vi-dien-tu-{uuid.uuid4().hex[:6]}"
    partner = {"id": name, "name": "Ví điện tử Hoa Lộc", "kind": "wallet"}
    tell.must("POST", "/v1/partners", who=operator, json=partner)
    path = f"/v1/partners/{name}"
    tell.ask("GET", path, who=operator)
    tell.ask("POST", f"{path}/secrets", who=operator, json={"overlap_hours": 48})
    for kind, body, change in (
        ("agreements", AGREEMENT, {"valid_to": "2029-09-30"}),
        ("licences", LICENCE, {"valid_to": None}),
    ):
        made = tell.must("POST", f"{path}/{kind}", who=operator, json=body)
        identity = made.get("id") or made["items"][0]["id"]
        tell.ask("PATCH", f"{path}/{kind}/{identity}", who=operator, json=change)
    tell.ask("PATCH", path, who=operator, json={"messages_per_minute": 600})


def a_bank_reads_what_became_of_its_messages(tell: Teller) -> None:
    """It signs in by client credentials; the operator has one message processed again."""
    form = {"grant_type": "client_credentials", "client_id": "demo-bank"}
    form["client_secret"] = "whsec_" + base64.b64encode(partner_key("demo-bank")).decode()
    token = tell.must("POST", "/oauth/token", data=form)["access_token"]
    bank = {"Authorization": f"Bearer {token}"}
    path = "/v1/partners/demo-bank/deliveries"
    delivery = tell.must("GET", path, who=bank, params={"limit": "2"})["items"][0]["id"]
    tell.ask("GET", f"{path}/{delivery}", who=bank)
    tell.ask("POST", f"{path}/{delivery}/process-again", who=tell.sign_in(role="operator"))
    asked = {"step": "payment_account", "unit_code": COMMUNE, "limit": "2"}
    tell.ask("GET", "/v1/partners/demo-bank/referrals", who=bank, params=asked)


def an_app_subscribes(tell: Teller) -> None:
    """Events for the app: a subscription, its secret, a sample, what arrived, a replay."""
    app = tell.sign_in(role="partner", partner_id="demo-app")
    for asked in ("/v1/events?limit=2", "/v1/event-types", "/v1/subscriptions?limit=2"):
        tell.ask("GET", asked, who=app)
    listed = tell.must("GET", "/v1/subscriptions", who=app)["items"]
    hook = listed[0]["url"] if listed else "http://127.0.0.1:9/hooks"
    made = tell.must("POST", "/v1/subscriptions", who=app, json={"url": hook, "types": TYPES})
    path = f"/v1/subscriptions/{made['id']}"
    tell.known["subscription_id"] = made["id"]
    tell.ask("PATCH", path, who=app, json={"description": "Máy chủ của ứng dụng", "types": [*TYPES, "bill.paid"]})
    tell.ask("POST", f"{path}/secrets", who=app, json={"overlap_hours": 48})
    tell.ask("POST", f"{path}/test", who=app, json={"type": "bill.issued"})
    sent = tell.ask_when(f"{path}/deliveries", lambda answer: answer["items"], who=app)["items"][0]["id"]
    tell.ask("GET", f"{path}/deliveries/{sent}", who=app)
    tell.ask("POST", f"{path}/deliveries/{sent}/resend", who=app)
    moment = datetime.now(UTC)
    day: dict[str, Any] = {"from": (moment - timedelta(hours=1)).isoformat(), "to": moment.isoformat(), "types": TYPES}
    tell.ask("POST", f"{path}/replays", who=app, json=day)


def a_volunteer_sends_the_work_of_a_day(tell: Teller) -> None:
    """Noted without a network, sent in one batch."""
    work = {
        "client_id": str(uuid.uuid4()), "kind": "visit", "resident_id": tell.known["resident_id"], "outcome": "done",
        "occurred_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    volunteer = tell.sign_in(role="volunteer", unit_code=COMMUNE)
    tell.ask("POST", "/v1/onboarding/batches", who=volunteer, json={"items": [work]})


CHAPTERS = (
    a_partner_is_registered,
    a_bank_reads_what_became_of_its_messages,
    an_app_subscribes,
    a_volunteer_sends_the_work_of_a_day,
)
