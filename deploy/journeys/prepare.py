"""Makes the accounts of the journeys: a training session with its logins, and a stall of the training unit.

In production the access tokens of an officer and of an operator are needed once (`OFFICER_TOKEN`, `OPERATOR_TOKEN`);
development signs in by itself.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.api_client import ApiClient, eventually, partner_key, success
from deploy.journeys.accounts import Accounts, JourneyAccount, JourneyPartner

SECONDS_TO_ARRIVE = 60.0
DAYS_OF_ACCOUNTS = 365
PARTNER = {"id": "giam-sat", "name": "Giám sát hệ thống", "kind": "bank"}
DEMO_PARTNER = "demo-bank"
PROCEDURE = "2.000635"
"""An extract of civil status; a province whose bank lacks it has another one begun."""
Headers = dict[str, str]


class NotPrepared(RuntimeError):
    """Something that the accounts need is not there; the message is for a person."""


def prepare(
    api: ApiClient, commune: str, *, officer: Headers | None = None, operator: Headers | None = None
) -> Accounts:
    """The accounts, which end after a year or when their session is cancelled.

    Without headers the development sign-in is used.
    """
    lead = officer or api.officer(commune)
    partner = _partner(api, commune, operator) if operator else _demo_partner()
    session = _session(api, commune, lead)
    [maker, checker], unit = _logins(api, session, lead, "officer", 2)
    [resident], _ = _logins(api, session, lead, "resident", 1)
    resident_id = str(resident["resident_id"])
    first, second = (_signed_in(api, each) for each in (maker, checker))
    _await(api, f"/v1/residents/{resident_id}", _signed_in(api, resident), "the training resident")
    merchant_id = _stall(api, unit, resident_id, partner.id, first, second)
    return Accounts(
        resident=_account(resident), resident_id=resident_id, officer=_account(maker), partner=partner,
        merchant_id=merchant_id, procedure=_procedure(api), prepared_at=datetime.now(UTC),
    )  # fmt: skip


def _procedure(api: ApiClient) -> str:
    """A procedure that is done online as a whole."""
    codes = [each["code"] for each in api.list_all("/v1/procedures") if each["full_process"]]
    if not codes:
        raise NotPrepared("The journeys begin a dossier, and no procedure of this province is done online as a whole.")
    return PROCEDURE if PROCEDURE in codes else codes[0]


def _session(api: ApiClient, commune: str, lead: Headers) -> str:
    """It has begun, so that no one is invited to it, and ends in a year: its accounts live as long."""
    campaigns = api.get("/v1/campaigns", who=lead)["items"]
    if not campaigns:
        raise NotPrepared(f"The journeys need a training session, and {commune} has no campaign to hold it in.")
    begun = datetime.now(UTC) - timedelta(minutes=5)
    session = {
        "kind": "training", "unit_code": commune, "venue": "Giám sát hệ thống", "topics": ["Kiểm tra tự động"],
        "starts_at": begun.isoformat(), "ends_at": (begun + timedelta(days=DAYS_OF_ACCOUNTS)).isoformat(),
    }  # fmt: skip
    return str(api.post(f"/v1/campaigns/{campaigns[0]['id']}/sessions", session, who=lead)["id"])


def _logins(api: ApiClient, session: str, lead: Headers, role: str, count: int) -> tuple[list[Any], str]:
    made = api.post(f"/v1/sessions/{session}/training-accounts", {"role": role, "count": count}, who=lead)["items"]
    return made, str(made[0]["unit_code"])


def _account(made: Any) -> JourneyAccount:
    return JourneyAccount(login=made["login"], secret=made["secret"])


def _signed_in(api: ApiClient, made: Any) -> Headers:
    form = {"grant_type": "password", "username": made["login"], "password": made["secret"]}
    if not eventually(lambda: api.request("POST", "/oauth/token", data=form).is_success, SECONDS_TO_ARRIVE):
        raise NotPrepared("The training accounts do not reach the gateway.")
    return {"Authorization": f"Bearer {api_token(api, form)}"}


def api_token(api: ApiClient, form: dict[str, str]) -> str:
    """An access token for a form of `POST /oauth/token`."""
    return str(success(api.request("POST", "/oauth/token", data=form)).json()["access_token"])


def _await(api: ApiClient, path: str, who: Headers, what: str) -> None:
    if not eventually(lambda: api.request("GET", path, who=who).is_success, SECONDS_TO_ARRIVE):
        raise NotPrepared(f"{what} does not appear at {path}.")


def _stall(api: ApiClient, unit: str, owner: str, provider: str, maker: Headers, checker: Headers) -> str:
    """Registered by one training officer and activated by another."""
    stall = {
        "name": "Quầy kiểm tra tự động", "category": "market_stall", "unit_code": unit, "provider": provider,
        "owner": {"resident_id": owner},
        "settlement": {"bin": "970436", "account_no": f"000{owner.replace('-', '')[-14:]}", "account_name": "TAP HUAN"},
    }  # fmt: skip
    known = eventually(lambda: _registered(api, stall, maker), SECONDS_TO_ARRIVE)
    if known is None:
        raise NotPrepared("The stall of the training unit cannot be registered.")
    success(api.request("PATCH", f"/v1/merchants/{known}", json={"status": "active"}, who=checker))
    return known


def _registered(api: ApiClient, stall: dict[str, Any], maker: Headers) -> str | None:
    """None while the service does not know unit or owner yet."""
    answer = api.request("POST", "/v1/merchants", json=stall, who=maker)
    return str(answer.json()["id"]) if answer.is_success else None


def _demo_partner() -> JourneyPartner:
    secret = f"whsec_{base64.b64encode(partner_key(DEMO_PARTNER)).decode()}"
    return JourneyPartner(id=DEMO_PARTNER, webhook_secret=secret, client_id=DEMO_PARTNER, client_secret=secret)


def _partner(api: ApiClient, commune: str, operator: Headers) -> JourneyPartner:
    """A partner for the journeys alone; where it is there already it gets new secrets."""
    registered = api.request("POST", "/v1/partners", json=PARTNER, who=operator)
    path, today = f"/v1/partners/{PARTNER['id']}", datetime.now(UTC).date().isoformat()
    if registered.is_success:
        agreement = {
            "number": "giam-sat",
            "signed_on": today,
            "unit_code": commune,
            "scope": ["qr"],
            "valid_from": today,
        }
        success(api.request("POST", f"{path}/agreements", json=agreement, who=operator))
    elif registered.status_code != 409:
        success(registered)
    webhook = api.post(f"{path}/secrets", {"use": "webhook"}, who=operator)["secret"]
    rest = api.post(f"{path}/secrets", {"use": "rest"}, who=operator)
    return JourneyPartner(
        id=PARTNER["id"],
        webhook_secret=webhook,
        client_id=rest["client_id"] or PARTNER["id"],
        client_secret=rest["secret"],
    )
