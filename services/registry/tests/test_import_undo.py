"""An import is taken back: what nothing has changed since goes back, the rest is listed."""

import json
from pathlib import Path
from typing import Any

import contracts
from chassis.storage.database import Database
from contracts.onboarding import StepCompleted
from contracts.registry import ResidentMoved, ResidentRemoved, ResidentUpdated
from libs.tabular.tests.lists import as_csv
from registry.commands import import_undo
from registry.commands.import_undo import run_open_undos

from .conftest import PURPOSE, a_partner_event, a_resident
from .test_imports import counts, taken_over

EXAMPLES = Path(contracts.__file__).parents[1] / "examples"
TITLES = ["Số CCCD", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn", "Hộ khẩu", "SĐT", "Smartphone"]


def content(*people: list[str]) -> bytes:
    return as_csv([TITLES, *people]).getvalue()


def person(number: int, **changes: str) -> list[str]:
    cells = {
        "id": a_resident(number)["personal_id"], "name": "Lê Văn Đức", "born": "05/09/1985", "sex": "Nam",
        "village": "15727-01", "household": "", "phone": "", "smartphone": "có",
    }  # fmt: skip
    return list((cells | changes).values())


async def test_people_whom_a_list_registered_are_removed_everywhere(
    calling: Any, database: Database, published: Any
) -> None:
    client = calling("officer", unit_code="15724")
    progress = await taken_over(client, database, content(person(1), person(2), person(3)))
    found = (await client.get("/v1/residents", headers=PURPOSE)).json()["items"]

    answer = await client.post(f"/v1/resident-imports/{progress['id']}/undo")

    assert answer.status_code == 202, answer.text
    assert answer.json() == {"id": progress["id"], "status": "undone", "undone": 3, "kept": 0}
    assert (await client.get("/v1/residents", headers=PURPOSE)).json()["items"] == []
    assert (await client.get(f"/v1/residents/{found[0]['id']}", headers=PURPOSE)).status_code == 404
    removed = await published(ResidentRemoved)
    assert {str(event.resident_id) for event in removed} == {item["id"] for item in found}
    assert {(event.life, event.version) for event in removed} == {("removed", 2)}
    assert (await client.get(f"/v1/resident-imports/{progress['id']}")).json()["undone_at"]


async def test_a_list_that_was_undone_can_be_imported_again(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")
    first = await taken_over(client, database, content(person(1)))
    await client.post(f"/v1/resident-imports/{first['id']}/undo")

    again = await taken_over(client, database, content(person(1)))

    assert again["id"] != first["id"]
    assert counts(again) == (1, 1, 0, 0, 0)


async def test_changed_values_units_and_households_go_back(
    calling: Any, database: Database, register: Any, published: Any
) -> None:
    before = await register(a_resident(1, household_code="H1", phone="0912345678", has_smartphone=False))
    client = calling("officer", unit_code="15724")
    row = person(1, village="15727-02", household="H9", phone="0987654321")
    progress = await taken_over(client, database, content(row))
    assert counts(progress) == (1, 0, 1, 0, 0)

    answer = await client.post(f"/v1/resident-imports/{progress['id']}/undo")

    assert (answer.json()["undone"], answer.json()["kept"]) == (1, 0)
    after = (await client.get(f"/v1/residents/{before['id']}", headers=PURPOSE)).json()
    for name in ("unit_code", "household_code", "phone", "phone_owner_verified", "has_smartphone", "full_name"):
        assert after[name] == before[name], name
    assert [event.unit_code for event in await published(ResidentMoved)] == ["15727-02", "15727-01"]
    assert (await published(ResidentUpdated))[-1].has_smartphone is False
    log = (await client.get(f"/v1/residents/{before['id']}/access-log", headers=PURPOSE)).json()["items"]
    assert any(entry["action"] == "import-undo" for entry in log)


async def test_rows_that_were_changed_or_used_since_are_kept_and_listed(calling: Any, database: Database) -> None:
    client = calling("officer", unit_code="15724")
    progress = await taken_over(client, database, content(person(1), person(2), person(3)))
    one, two, _ = sorted(
        (await client.get("/v1/residents", headers=PURPOSE)).json()["items"], key=lambda each: each["personal_id"]
    )
    await client.patch(f"/v1/residents/{one['id']}", json={"has_smartphone": False})
    consent = {"purpose": "prefill", "grantee": "demo-bank", "evidence": {"kind": "paper"}}
    assert (await client.post(f"/v1/residents/{two['id']}/consents", json=consent)).status_code == 201

    answer = (await client.post(f"/v1/resident-imports/{progress['id']}/undo")).json()

    assert (answer["undone"], answer["kept"]) == (1, 2)
    shown = (await client.get(f"/v1/resident-imports/{progress['id']}/undo")).json()
    assert (shown["status"], shown["undone"]) == ("undone", 1)
    assert {(row["id"], row["reason"]) for row in shown["kept"]} == {
        (one["id"], "changed-since"), (two["id"], "in-use")
    }  # fmt: skip
    again = (await client.post(f"/v1/resident-imports/{progress['id']}/undo")).json()
    assert (again["undone"], again["kept"]) == (1, 2)


async def test_people_of_whom_another_service_holds_something_are_kept(
    calling: Any, database: Database, deliver: Any
) -> None:
    client = calling("officer", unit_code="15724")
    progress = await taken_over(client, database, content(person(1), person(2), person(3)))
    people = (await client.get("/v1/residents", headers=PURPOSE)).json()["items"]
    ids = {item["personal_id"][-2:]: item["id"] for item in people}
    attested = {"resident": {"personal_id": a_resident(1)["personal_id"]}}
    await deliver(a_partner_event("vneid.issued", attested))
    sample = json.loads((EXAMPLES / "step.completed.v1.json").read_text())
    await deliver(StepCompleted.model_validate(sample | {"resident_id": ids["02"]}))

    answer = (await client.post(f"/v1/resident-imports/{progress['id']}/undo")).json()

    assert (answer["undone"], answer["kept"]) == (1, 2)
    left = (await client.get("/v1/residents", headers=PURPOSE)).json()["items"]
    assert {item["id"] for item in left} == {ids["01"], ids["02"]}


async def test_a_long_list_is_undone_in_the_background(
    calling: Any, database: Database, published: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(import_undo, "UNDO_ROWS", 10)
    client = calling("officer", unit_code="15724")
    progress = await taken_over(client, database, content(*(person(n) for n in range(1, 36))))

    answer = (await client.post(f"/v1/resident-imports/{progress['id']}/undo")).json()
    await run_open_undos(database)

    assert (answer["status"], answer["undone"]) == ("undoing", 10)
    shown = (await client.get(f"/v1/resident-imports/{progress['id']}/undo")).json()
    assert (shown["status"], shown["undone"], shown["kept"]) == ("undone", 35, [])
    assert len(await published(ResidentRemoved)) == 35


async def test_an_import_is_undone_by_officers_of_its_unit_and_not_before_it_has_ended(
    calling: Any, database: Database
) -> None:
    client = calling("officer", unit_code="15724")
    files = {"file": ("a.csv", content(person(1)))}
    accepted = (await client.post("/v1/resident-imports", files=files, data={"unit_code": "15724"})).json()
    path = f"/v1/resident-imports/{accepted['id']}/undo"

    assert (await client.post(path)).status_code == 409
    assert (await calling("officer", unit_code="15061").post(path)).status_code == 404
    assert (await calling("volunteer", unit_code="15724").post(path)).status_code == 403
    assert (await client.get(path)).status_code == 404
