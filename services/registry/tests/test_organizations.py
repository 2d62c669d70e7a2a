from typing import Any

from contracts.registry import OrganizationRegistered, OrganizationUpdated

from .conftest import a_resident


def a_shop(**changes: Any) -> dict[str, Any]:
    return {
        "tax_code": "0100233488", "name": "Cửa hàng Một", "kind": "household_business", "unit_code": "15727-01",
        "phone": "0912345678",
    } | changes  # fmt: skip


async def test_an_organization_is_registered_once_and_shown_within_its_units(calling: Any, published: Any) -> None:
    officer = calling("officer", unit_code="15724")

    made = await officer.post("/v1/organizations", json=a_shop())
    again = await officer.post("/v1/organizations", json=a_shop(name="Khác"))

    assert (made.status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "/problems/organization-exists"
    path = made.headers["Location"]
    assert (await officer.get(path)).json()["tax_code"] == "0100233488"
    assert (await calling("officer", unit_code="15061").get(path)).status_code == 404
    own = calling("organization", organization_id=made.json()["id"])
    assert (await own.get(path)).status_code == 200
    assert len((await own.get("/v1/organizations")).json()["items"]) == 1
    [event] = await published(OrganizationRegistered)
    assert "0100233488" not in event.model_dump_json()


async def test_the_personal_number_of_a_stall_owner_is_masked_as_a_tax_code(calling: Any) -> None:
    made = await calling("officer", unit_code="15724").post("/v1/organizations", json=a_shop(tax_code="038085000045"))

    assert made.json()["tax_code"] == "038*******45"


async def test_wrong_numbers_and_unknown_owners_are_refused(calling: Any) -> None:
    officer = calling("officer", unit_code="15724")
    unknown_person = {"resident_id": "0190aaaa-0000-7000-8000-000000000000"}

    wrong = await officer.post("/v1/organizations", json=a_shop(tax_code="1", phone="2"))
    unknown = await officer.post("/v1/organizations", json=a_shop(representative=unknown_person))

    assert {error["pointer"] for error in wrong.json()["errors"]} == {"/tax_code", "/phone"}
    assert [error["code"] for error in unknown.json()["errors"]] == ["unknown-resident"]
    assert (await officer.post("/v1/organizations", json=a_shop(unit_code="15061"))).status_code == 403


async def test_the_owner_s_smartphone_is_the_organization_s(calling: Any, register: Any, published: Any) -> None:
    owner = await register(a_resident(has_smartphone=False))
    resident = calling("resident", resident_id=owner["id"])
    body = a_shop(representative={"resident_id": owner["id"]})
    made = await resident.post("/v1/organizations", json=body)
    assert made.json()["has_smartphone"] is False

    officer = calling("officer", unit_code="15724")
    await officer.patch(f"/v1/residents/{owner['id']}", json={"has_smartphone": True})

    [event] = await published(OrganizationUpdated)
    assert event.owner_has_smartphone is True
    await officer.post(f"{made.headers['Location']}/representative/confirmation")
    changed = await resident.patch(made.headers["Location"], json={"name": "Tên Mới"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 412
    assert (await resident.patch(made.headers["Location"], json={"kind": "enterprise"})).status_code == 403


async def test_a_wrong_shape_an_unknown_unit_and_an_unknown_owner_are_named_in_one_answer(
    calling: Any, published: Any
) -> None:
    officer = calling("officer", unit_code="15724")
    unknown_person = {"resident_id": "01890000-0000-7000-8000-000000000000"}
    wrong = a_shop(tax_code="1", kind="market", unit_code="no-such", phone="2", representative=unknown_person)

    everything = await officer.post("/v1/organizations", json=wrong)
    names = await officer.post("/v1/organizations", json=a_shop(unit_code="no-such", representative=unknown_person))
    made = await officer.post("/v1/organizations", json=a_shop())
    change = {"name": None, "unit_code": "no-such", "representative": unknown_person, "phone": "3"}
    changed = await officer.patch(made.headers["Location"], json=change)

    reported = [{(e["pointer"], e["code"]) for e in answer.json()["errors"]} for answer in (everything, names, changed)]
    unknown = {("/unit_code", "unknown-unit"), ("/representative/resident_id", "unknown-resident")}
    assert reported == [
        unknown | {("/tax_code", "tax-code-invalid"), ("/kind", "literal-error"), ("/phone", "phone-invalid")},
        unknown,
        unknown | {("/name", "not-nullable"), ("/phone", "phone-invalid")},
    ]
    assert len(await published(OrganizationRegistered)) == 1
    assert await published(OrganizationUpdated) == []
