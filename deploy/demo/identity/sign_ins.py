"""What the accounts of the played identity provider need in the registry, so that each behaves as its title describes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from deploy.demo.api_client import ApiClient, success
from deploy.demo.identity.accounts import COMMUNE, VILLAGE, account, guardian_of_minor

REASON = "tài khoản minh họa"


def load(api: ApiClient, today: date) -> None:
    """Store a death, two links and two representatives; what is there already stays."""
    officer = api.officer(COMMUNE)
    _register_deceased(api, officer)
    _end_link(api, officer)
    api.request("GET", "/v1/me", who=_signed_in(api, "conflict", subject="p-first-account"))
    until = (today + timedelta(days=365)).isoformat()
    grandmother, grandchild = _resident(api, officer, "grandmother"), _resident(api, officer, "grandchild")
    _represent(api, officer, grandmother, grandchild, "paper", until)
    guardian = _lookup(api, officer, guardian_of_minor().personal_id)
    _represent(api, officer, _resident(api, officer, "minor"), guardian, "guardian", until)


def _register_deceased(api: ApiClient, officer: dict[str, str]) -> None:
    who = account("deceased")
    assert who is not None
    body = {
        "personal_id": who.personal_id, "id_document": "cccd", "full_name": who.full_name,
        "date_of_birth": who.date_of_birth, "sex": "male", "unit_code": VILLAGE,
    }  # fmt: skip
    made = api.request("POST", "/v1/residents", who=officer, json=body)
    if made.status_code != 409:
        success(made)
    path = f"/v1/residents/{_lookup(api, officer, who.personal_id)}"
    success(api.request("PATCH", path, who=officer, json={"deceased_on": "2025-11-02"}))


def _end_link(api: ApiClient, officer: dict[str, str]) -> None:
    answer = api.request("GET", "/v1/me", who=_signed_in(api, "revoked"))
    if answer.status_code == 403:
        return  # an earlier try came this far
    resident_id = success(answer).json()["resident_id"]
    path = f"/v1/residents/{resident_id}/links"
    for link in api.get(path, who=officer, purpose="support")["items"]:
        if link["status"] == "active":
            success(api.request("DELETE", f"{path}/{link['id']}", who=officer, json={"reason": REASON}))


def _represent(
    api: ApiClient, officer: dict[str, str], resident_id: str, representative_id: str, basis: str, until: str
) -> None:
    path = f"/v1/residents/{resident_id}/representatives"
    if api.get(path, who=officer, purpose="support")["items"]:
        return
    body = {
        "representative_id": representative_id, "scope": ["dossiers", "payments", "onboarding", "documents"],
        "until": until, "basis": basis, "paper": "Giấy tờ minh họa",
    }  # fmt: skip
    success(api.request("POST", path, who=officer, json=body))


def _signed_in(api: ApiClient, key: str, **changes: str) -> dict[str, str]:
    who = account(key)
    assert who is not None
    return api.sign_in(role="resident", **(who.claims | changes))


def _resident(api: ApiClient, officer: dict[str, str], key: str) -> str:
    who = account(key)
    assert who is not None
    return _lookup(api, officer, who.personal_id)


def _lookup(api: ApiClient, officer: dict[str, str], personal_id: str) -> str:
    found: dict[str, Any] = api.post(
        "/v1/residents/lookup", {"personal_id": personal_id}, who=officer, purpose="support"
    )
    return str(found["id"])
