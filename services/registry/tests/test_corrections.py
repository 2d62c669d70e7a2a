"""Requests to correct: what can be corrected, who decided and why, and that the person sees it."""

from typing import Any

import pytest

from chassis.storage.database import Database
from contracts.registry import ResidentMoved, ResidentUpdated

from .conftest import PURPOSE, a_resident


async def accepted(calling: Any, resident_id: str, field: str, value: Any) -> dict[str, Any]:
    """The resident asks, an officer of the commune accepts; the resident as they are then."""
    own = calling("resident", resident_id=resident_id)
    asked = await own.post(f"/v1/residents/{resident_id}/corrections", json={"field": field, "value": value})
    assert asked.status_code == 201, asked.text
    officer = calling("officer", unit_code="15724", body="police")
    path = f"/v1/corrections/{asked.json()['id']}/decision"
    decided = await officer.post(path, json={"decision": "accept"}, headers=PURPOSE)
    assert decided.status_code == 200, decided.text
    shown: dict[str, Any] = (await officer.get(f"/v1/residents/{resident_id}", headers=PURPOSE)).json()
    return shown


async def test_village_household_and_number_can_be_corrected(calling: Any, register: Any, published: Any) -> None:
    resident = await register(a_resident(1, household_code="H1"))
    who = resident["id"]

    assert (await accepted(calling, who, "household_code", "H7"))["household_code"] == "H7"
    assert (await accepted(calling, who, "unit_code", "15727-02"))["unit_code"] == "15727-02"
    number = (await accepted(calling, who, "personal_id", "038085099999"))["personal_id"]

    assert number == "038*******99"
    assert [event.unit_code for event in await published(ResidentMoved)] == ["15727-02"]
    assert len(await published(ResidentUpdated)) >= 2
    found = await calling("officer", unit_code="15724").post(
        "/v1/residents/lookup", json={"personal_id": "038085099999"}, headers=PURPOSE
    )
    assert found.json()["id"] == who


async def test_the_ethnic_group_can_be_corrected(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))

    for group in ("Kinh", "Mường"):
        await accepted(calling, resident["id"], "ethnic_group", group)

    own = calling("resident", resident_id=resident["id"])
    facts = {item["name"]: item for item in (await own.get(f"/v1/residents/{resident['id']}/facts")).json()["items"]}
    assert (facts["ethnic_group"]["value"], facts["ethnic_group"]["source"]) == ("Mường", "officer")


async def test_a_refusal_needs_a_reason_and_the_person_sees_who_decided_and_why(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))
    own, path = calling("resident", resident_id=resident["id"]), f"/v1/residents/{resident['id']}/corrections"
    asked = (await own.post(path, json={"field": "full_name", "value": "Lê Văn Đực"})).json()
    officer = calling("officer", unit_code="15724", body="police")
    decision = f"/v1/corrections/{asked['id']}/decision"

    without = await officer.post(decision, json={"decision": "refuse"}, headers=PURPOSE)
    assert without.status_code == 422
    assert [error["pointer"] for error in without.json()["errors"]] == ["/note"]
    await officer.post(decision, json={"decision": "refuse", "reason": "Giấy khai sinh ghi Đức"}, headers=PURPOSE)

    [shown] = (await own.get(path)).json()["items"]
    assert (shown["state"], shown["decision_note"]) == ("refused", "Giấy khai sinh ghi Đức")
    assert shown["decided_by"] == {"role": "officer", "body": "police", "unit_code": "15724"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("unit_code", "99999", "unknown-unit"),
        ("personal_id", "12", "personal-id-length"),
        ("colour", "red", "not-a-choice"),
    ],
)
async def test_a_wrong_correction_is_refused_at_once(
    calling: Any, register: Any, field: str, value: str, code: str
) -> None:
    resident = await register(a_resident(1))
    own = calling("resident", resident_id=resident["id"])

    answer = await own.post(f"/v1/residents/{resident['id']}/corrections", json={"field": field, "value": value})

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]


async def test_a_village_of_another_commune_is_not_put_in_by_a_correction(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))
    own = calling("resident", resident_id=resident["id"])
    asked = await own.post(
        f"/v1/residents/{resident['id']}/corrections", json={"field": "unit_code", "value": "15061-01"}
    )

    decided = await calling("officer", unit_code="15724").post(
        f"/v1/corrections/{asked.json()['id']}/decision", json={"decision": "accept"}, headers=PURPOSE
    )

    assert decided.status_code == 403


async def test_a_consent_names_its_purpose_and_grantee_by_vocabulary(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))
    own, path = calling("resident", resident_id=resident["id"]), f"/v1/residents/{resident['id']}/consents"

    made = await own.post(path, json={"purpose": "Cấp chữ ký số", "grantee": "Công an xã"})
    wrong = await own.post(path, json={"purpose": "đủ thứ", "grantee": "Ai Đó Ở Đây"})

    assert (made.json()["purpose"], made.json()["grantee"]) == ("digital_signature", "police")
    assert {(error["pointer"], error["code"]) for error in wrong.json()["errors"]} == {
        ("/purpose", "unknown-code"), ("/grantee", "unknown-code")
    }  # fmt: skip


async def test_a_verified_owner_of_no_phone_is_refused(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))

    answer = await calling("officer", unit_code="15724").patch(
        f"/v1/residents/{resident['id']}", json={"phone": None, "phone_owner_verified": True}
    )

    assert [error["code"] for error in answer.json()["errors"]] == ["phone-missing"]


async def test_an_old_number_of_eleven_digits_is_stored_as_it_is_dialled_today(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1, phone="0168 234 5678"))

    shown = await calling("officer", unit_code="15724").get(f"/v1/residents/{resident['id']}", headers=PURPOSE)

    assert shown.json()["phone"] == "+84382345678"


async def test_organizations_are_found_by_name_and_tax_code(calling: Any, database: Database) -> None:
    officer = calling("officer", unit_code="15724")
    shop = {"tax_code": "0100233488", "name": "Công ty Đường Sông Hồng", "kind": "enterprise", "unit_code": "15724"}
    made = (await officer.post("/v1/organizations", json=shop)).json()

    for q in ("song hong", "Đường sông", "cong ty", "0100233488"):
        found = (await officer.get("/v1/organizations", params={"q": q})).json()["items"]
        assert [item["id"] for item in found] == [made["id"]], q
    for q in ("song hai", "%", "_", "s_ng", ".*", "\\"):
        assert (await officer.get("/v1/organizations", params={"q": q})).json()["items"] == [], q
    assert (await officer.get("/v1/organizations", params={"q": "038085000001"})).status_code == 400


async def test_residents_are_never_searched_by_a_number_in_a_url(calling: Any) -> None:
    officer = calling("officer", unit_code="15724")

    for q in ("038085000001", "0912 345 678"):
        answer = await officer.get("/v1/residents", params={"q": q}, headers=PURPOSE)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "number-in-url")
