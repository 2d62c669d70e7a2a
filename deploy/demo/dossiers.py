"""The demo's chosen services and some dossiers in different states."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.demo.door import Outsider, success
from deploy.demo.people import Person

CHOSEN = {
    "15724": ("2.000635", "1.001731", "1.004873"),
    "15061": ("2.000635", "1.001731", "1.004873", "1.001193", "1.004194", "1.000656"),
}
EXTRACT = "2.000635"
APPLICANTS = 6
DEEDS: tuple[list[str], ...] = (
    [],
    ["accept"],
    ["accept"],
    ["accept", "approve"],
    ["accept", "approve", "return_result"],
    ["refuse"],
)


def load(outside: Outsider, everybody: list[Person], today: date) -> None:
    """Each commune chooses its services; some residents apply for an extract, and the one-stop desk acts."""
    for commune, wanted in CHOSEN.items():
        officer = outside.officer(commune)
        path = f"/v1/units/{commune}/procedures"
        success(outside.ask("PUT", path, json={"codes": _chosen(outside, wanted)}, who=officer))
        village = {"15724": "15727-02", "15061": "15061-02"}[commune]
        applicants = [each for each in everybody if each.village == village and 20 < each.age < 60 and each.has_phone]
        desk = outside.officer(commune, body="one_stop")
        for person, deeds in zip(applicants[:APPLICANTS], DEEDS, strict=True):
            _apply(outside, officer, desk, person, deeds)


def _chosen(outside: Outsider, wanted: tuple[str, ...]) -> list[str]:
    """As many as were wanted, the wanted ones first, full-process all."""
    lines = outside.get("/v1/procedures")["items"]
    possible = sorted((line["code"] for line in lines if line["full_process"]), key=lambda code: code not in wanted)
    return possible[: len(wanted)]


def _apply(
    outside: Outsider, officer: dict[str, str], desk: dict[str, str], person: Person, deeds: list[str]
) -> None:  # fmt: skip
    number = {"personal_id": person.cells["Số ĐDCN"]}
    resident_id = outside.post("/v1/residents/lookup", number, who=officer, purpose="dossier")["id"]
    resident = outside.resident(resident_id)
    key = {"Idempotency-Key": f"demo-dossier-{person.serial}"}
    body = {"procedure_code": EXTRACT, "resident_id": resident_id, "copies": 1 + person.serial % 3}
    draft = outside.post("/v1/dossiers", body, who=resident, headers=key)
    dossier = f"/v1/dossiers/{draft['id']}"
    if outside.get(dossier, who=resident)["status"] != "draft":
        return  # an earlier try came this far
    fields = {name: _typed(outside, name) for name in draft["missing"]}
    if fields:
        success(outside.ask("PATCH", dossier, json={"fields": fields}, who=resident))
    outside.post(f"{dossier}/submit", who=resident)
    for deed in deeds:
        outside.post(f"{dossier}/actions", {"action": deed, "note": "Bản mẫu"}, who=desk, purpose="dossier")


def _typed(outside: Outsider, name: str) -> Any:
    """Something that fits, for a field that the applicant types."""
    form = outside.get(f"/v1/procedures/{EXTRACT}")["fields"]
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
