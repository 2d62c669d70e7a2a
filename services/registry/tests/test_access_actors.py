"""The access log names role, body and unit, and only the fields that were shown; auditors ask by account."""

from typing import Any

from chassis.ids import new_id
from contracts.access import AccessRecorded

from .conftest import PURPOSE, a_resident


async def test_the_log_names_body_and_unit_and_the_fields_of_a_list(
    calling: Any, register: Any, published: Any, deliver: Any
) -> None:
    resident = await register(a_resident(1, phone=None, phone_owner_verified=False, social_insurance_no=None))
    police = calling("officer", unit_code="15724", body="police")
    await police.get("/v1/residents", headers=PURPOSE)
    await deliver(*(await published(AccessRecorded)))

    own = calling("resident", resident_id=resident["id"])
    [entry] = (await own.get(f"/v1/residents/{resident['id']}/access-log")).json()["items"]

    assert (entry["role"], entry["body"]) == ("officer", "police")
    assert (entry["unit_code"], entry["unit_name"]) == ("15724", "Đồng Tiến")
    assert "full_name" in entry["fields"]
    assert not {"phone", "social_insurance_no", "household_code", "address_line"} & set(entry["fields"])


async def test_an_auditor_asks_what_an_account_has_read_in_any_service(
    calling: Any, register: Any, published: Any, deliver: Any
) -> None:
    resident = await register(a_resident(1))
    officer = calling("officer", unit_code="15724", body="police")
    await officer.get(f"/v1/residents/{resident['id']}", headers=PURPOSE)
    [read] = await published(AccessRecorded)
    elsewhere = read.model_copy(update={"access_id": new_id(), "service": "casework", "action": "draft", "at": read.at})
    await deliver(read, elsewhere)
    auditor = calling("auditor", unit_code="15724")

    items = (await auditor.get("/v1/access-log", params={"actor": read.actor})).json()["items"]

    assert {(item["service"], item["action"], item["body"]) for item in items} == {
        ("registry", "read", "police"), ("casework", "draft", "police")
    }  # fmt: skip
    assert {item["resident_id"] for item in items} == {resident["id"]}
    page = (await auditor.get("/v1/access-log", params={"actor": read.actor, "limit": "1"})).json()
    rest = await auditor.get("/v1/access-log", params={"actor": read.actor, "cursor": page["next_cursor"]})
    assert len(rest.json()["items"]) == 1
    assert (await auditor.get("/v1/access-log", params={"actor": read.actor, "to": "2020-01-01"})).json()["items"] == []
    other = calling("auditor", unit_code="15061")
    assert (await other.get("/v1/access-log", params={"actor": read.actor})).json()["items"] == []
    assert (await auditor.get("/v1/access-log")).status_code == 400
    assert (await officer.get("/v1/access-log", params={"actor": read.actor})).status_code == 403
