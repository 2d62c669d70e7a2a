"""The demo's chosen services and some dossiers in different states."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.demo.api_client import ApiClient, success
from deploy.demo.people import Person

CHOSEN = {
    "15724": ("2.000635", "1.001731", "1.004873"),
    "15061": ("2.000635", "1.001731", "1.004873", "1.001193", "1.004194", "1.000656"),
}
EXTRACT = "2.000635"
APPLICANTS = 6
RESULT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ACTIONS: tuple[list[str], ...] = (
    [],
    ["accept"],
    ["accept"],
    ["accept", "approve"],
    ["accept", "approve", "return_result"],
    ["refuse"],
)


def load(api: ApiClient, all_people: list[Person], today: date) -> None:
    """Each commune chooses its services; some residents apply for an extract, and the one-stop desk acts."""
    for commune, wanted in CHOSEN.items():
        officer = api.officer(commune)
        path = f"/v1/units/{commune}/procedures"
        success(api.request("PUT", path, json={"codes": _chosen(api, wanted)}, who=officer))
        village = {"15724": "15727-02", "15061": "15061-02"}[commune]
        applicants = [each for each in all_people if each.village == village and 20 < each.age < 60 and each.has_phone]
        desk = api.officer(commune, body="one_stop")
        for person, actions in zip(applicants[:APPLICANTS], ACTIONS, strict=True):
            _apply(api, officer, desk, person, actions)


def _chosen(api: ApiClient, wanted: tuple[str, ...]) -> list[str]:
    """As many as were wanted, the wanted ones first, full-process all."""
    lines = api.get("/v1/procedures")["items"]
    possible = sorted((line["code"] for line in lines if line["full_process"]), key=lambda code: code not in wanted)
    return possible[: len(wanted)]


def _apply(
    api: ApiClient, officer: dict[str, str], desk: dict[str, str], person: Person, actions: list[str]
) -> None:  # fmt: skip
    number = {"personal_id": person.cells["Số ĐDCN"]}
    resident_id = api.post("/v1/residents/lookup", number, who=officer, purpose="dossier")["id"]
    resident = api.resident(resident_id)
    key = {"Idempotency-Key": f"demo-dossier-{person.serial}"}
    body = {"procedure_code": EXTRACT, "resident_id": resident_id, "copies": 1 + person.serial % 3}
    draft = api.post("/v1/dossiers", body, who=resident, headers=key)
    dossier = f"/v1/dossiers/{draft['id']}"
    if api.get(dossier, who=resident)["status"] != "draft":
        return  # an earlier try came this far
    fields = {name: _typed(api, name) for name in draft["missing"]}
    if fields:
        success(api.request("PATCH", dossier, json={"fields": fields}, who=resident))
    api.post(f"{dossier}/submit", who=resident)
    for action in actions:
        if action == "return_result":
            _make_returnable(api, dossier, desk)
        api.post(f"{dossier}/actions", {"action": action, "note": "Bản mẫu"}, who=desk, purpose="dossier")


def _make_returnable(api: ApiClient, dossier: str, desk: dict[str, str]) -> None:
    """A result is returned with its file, once the fee is settled."""
    success(api.request("POST", f"{dossier}/results", files={"file": ("ket-qua.pdf", RESULT)}, who=desk))
    api.post(f"{dossier}/fee-settlements", {"way": "record_fee", "note": "Biên lai mẫu 01"}, who=desk)


def _typed(api: ApiClient, name: str) -> Any:
    """Something that fits, for a field that the applicant types."""
    form = api.get(f"/v1/procedures/{EXTRACT}")["fields"]
    field = next(each for each in form if each["name"] == name)
    match field["type"]:
        case "choice":
            return field["choices"][0]["value"]
        case "date":
            return "2020-01-15"
        case "integer":
            return 1
        case "boolean":
            return True
    return {"phone": "0990000001"}.get(name, "Xã Đồng Tiến")
