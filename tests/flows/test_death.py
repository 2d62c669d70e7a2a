"""A death that a dossier registered, through every service: the resident is deceased in each of them."""

from typing import Any

import pytest

from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE = "15724"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DEATH = {"relation": "child", "died_on": "2026-01-05", "died_at_place": "Tại nhà"}


def declare(api: ApiClient, officer: dict[str, str], serial: int) -> str:
    person = {
        "personal_id": f"038050{serial:06d}", "id_document": "can_cuoc", "full_name": "Người Thử Ông",
        "date_of_birth": "1950-03-04", "sex": "male", "unit_code": "15727-02", "phone": f"0989{serial:06d}",
    }  # fmt: skip
    return str(api.post("/v1/residents", person, who=officer)["id"])


@pytest.fixture(scope="module")
def approved(api: ApiClient) -> dict[str, Any]:
    """An approved registration of a death, and whose."""
    officer = api.officer(COMMUNE)
    child, parent = declare(api, officer, 300_001), declare(api, officer, 300_002)
    body = {"procedure_code": "1.000656", "resident_id": child, "subject_id": parent}
    dossier = api.post("/v1/dossiers", body, who=officer, purpose="dossier")
    path = f"/v1/dossiers/{dossier['id']}"
    procedure = api.get("/v1/procedures/1.000656")
    kinds = {field["name"]: field["type"] for field in procedure["fields"]}
    typed = {name: "2020-01-01" if kinds[name] == "date" else "Xã Đồng Tiến" for name in dossier["missing"]} | DEATH
    success(api.request("PATCH", path, json={"fields": typed}, who=officer, purpose="dossier"))
    success(api.request("POST", f"{path}/attachments", files={"file": ("a.pdf", PDF)}, who=officer))
    api.post(f"{path}/submit", who=officer)
    for action in ("accept", "approve"):
        api.post(f"{path}/actions", {"action": action}, who=officer)
    return {"officer": officer, "parent": parent, "dossier": path}


def test_the_registry_makes_the_resident_deceased(api: ApiClient, approved: dict[str, Any]) -> None:
    def deceased() -> Any:
        seen = api.get(f"/v1/residents/{approved['parent']}", who=approved["officer"], purpose="dossier")
        return seen if seen["status"] == "deceased" else None

    found = eventually(deceased)
    assert found, "the registry did not receive the death"
    assert found["deceased_on"] == "2026-01-05"


def test_no_one_applies_in_the_name_of_the_deceased_afterwards(api: ApiClient, approved: dict[str, Any]) -> None:
    body = {"procedure_code": "2.000635", "resident_id": approved["parent"]}

    def refused() -> Any:
        answer = api.request("POST", "/v1/dossiers", json=body, who=approved["officer"], purpose="dossier")
        return answer if answer.status_code == 409 else None

    answer = eventually(refused)
    assert answer, "casework did not receive that the resident is deceased"
    assert answer.json()["type"] == "/problems/applicant-deceased"
