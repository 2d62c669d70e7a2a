"""A claim to represent an organization counts only after an officer of its unit confirmed it."""

from typing import Any

import pytest

from contracts.registry import OrganizationRegistered, OrganizationUpdated

from .conftest import a_resident
from .test_organizations import a_shop


@pytest.fixture
async def people(calling: Any, register: Any) -> dict[str, Any]:
    """A false claimant, the real owner and the officer of their commune."""
    thief, owner = await register(a_resident(1)), await register(a_resident(2))
    return {
        "thief": calling("resident", resident_id=thief["id"]), "thief_id": thief["id"],
        "owner": calling("resident", resident_id=owner["id"]), "owner_id": owner["id"],
        "officer": calling("officer", unit_code="15724"), "service": calling("service"),
    }  # fmt: skip


def a_claim(resident_id: str, **changes: Any) -> dict[str, Any]:
    return a_shop(representative={"resident_id": resident_id}) | changes


async def test_a_claim_opens_nothing_and_no_service_sees_it(people: Any, published: Any) -> None:
    made = await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))
    path = made.headers["Location"]

    assert (made.status_code, made.json()["representative_status"]) == (201, "claimed")
    assert (await people["thief"].patch(path, json={"name": "Của tôi"})).status_code == 403
    looked_up = await people["service"].post("/v1/organizations/lookup", json={"tax_code": "0100233488"})
    assert (looked_up.json()["representative"], looked_up.json()["representative_confirmed"]) == (None, False)
    events = await published(OrganizationRegistered, OrganizationUpdated)
    assert {(event.representative_id, event.representative_confirmed) for event in events} == {(None, False)}
    stranger = await people["owner"].get(path)
    assert stranger.status_code == 404


async def test_a_claim_shows_nothing_of_the_organization_or_of_others(people: Any) -> None:
    shop = a_shop(representative={"resident_id": people["owner_id"]}, has_smartphone=True)
    made = (await people["officer"].post("/v1/organizations", json=shop)).json()

    claimed = (await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"], phone=None))).json()
    listed = (await people["thief"].get("/v1/organizations")).json()["items"]

    assert claimed["id"] == made["id"]
    for view in (claimed, *listed):
        assert (view["phone"], view["has_smartphone"]) == (None, False)
        assert (view["representative"], view["representative_status"]) == (
            {"resident_id": people["thief_id"]}, "claimed",
        )  # fmt: skip


async def test_an_officer_confirms_one_of_several_claims_and_may_take_it_back(people: Any, published: Any) -> None:
    path = (await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))).headers["Location"]
    second = await people["owner"].post("/v1/organizations", json=a_claim(people["owner_id"]))
    assert (second.status_code, second.headers["Location"]) == (201, path)
    decision = f"{path}/representative"

    claims = (await people["officer"].get(f"{decision}/claims")).json()["items"]
    unnamed = await people["officer"].post(f"{decision}/confirmation")
    confirmed = await people["officer"].post(f"{decision}/confirmation", json={"resident_id": people["owner_id"]})
    refused = await people["officer"].post(
        f"{decision}/refusal", json={"resident_id": people["thief_id"], "reason": "không có giấy tờ"}
    )

    assert [(claim["resident_id"], claim["status"]) for claim in claims] == [
        (people["thief_id"], "claimed"), (people["owner_id"], "claimed"),
    ]  # fmt: skip
    assert unnamed.status_code == 422
    assert confirmed.json()["representative"] == {"resident_id": people["owner_id"]}
    assert (confirmed.json()["representative_status"], refused.json()["representative_status"]) == ("confirmed",) * 2
    assert (await people["owner"].patch(path, json={"name": "Đổi tên"})).status_code == 200
    assert (await people["thief"].get(path)).status_code == 404
    events = await published(OrganizationUpdated)
    assert {str(event.representative_id) for event in events if event.representative_confirmed} == {people["owner_id"]}

    back = await people["officer"].post(f"{decision}/refusal", json={"resident_id": people["owner_id"]})

    assert (back.json()["representative"], back.json()["representative_status"]) == (None, None)
    assert (await people["owner"].patch(path, json={"name": "Nữa"})).status_code == 404
    assert (await published(OrganizationUpdated))[-1].representative_confirmed is False


async def test_a_false_claim_that_names_a_distant_commune_does_not_shut_out_the_owner(
    people: Any, calling: Any
) -> None:
    distant = a_claim(people["thief_id"], unit_code="15061")
    path = (await people["thief"].post("/v1/organizations", json=distant)).headers["Location"]
    await people["owner"].post("/v1/organizations", json=a_claim(people["owner_id"]))

    confirmed = await people["officer"].post(
        f"{path}/representative/confirmation", json={"resident_id": people["owner_id"]}
    )

    assert (confirmed.status_code, confirmed.json()["unit_code"]) == (200, "15727-01")
    elsewhere = calling("officer", unit_code="15061")
    again = await elsewhere.post(f"{path}/representative/confirmation", json={"resident_id": people["thief_id"]})
    assert again.status_code == 404


async def test_an_officers_registration_replaces_a_mere_claim(people: Any) -> None:
    distant = a_claim(people["thief_id"], unit_code="15061", name="Giả")
    claimed = (await people["thief"].post("/v1/organizations", json=distant)).json()

    made = await people["officer"].post("/v1/organizations", json=a_claim(people["owner_id"], name="Thật"))
    again = await people["officer"].post("/v1/organizations", json=a_shop())

    assert (made.status_code, made.json()["id"], made.json()["name"]) == (201, claimed["id"], "Thật")
    assert (made.json()["unit_code"], made.json()["representative_status"]) == ("15727-01", "confirmed")
    assert again.status_code == 409


async def test_officers_of_other_units_decide_nothing(people: Any, calling: Any) -> None:
    path = (await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))).headers["Location"]
    elsewhere = calling("officer", unit_code="15061")

    for answer in (
        await elsewhere.get(f"{path}/representative/claims"),
        await elsewhere.post(f"{path}/representative/confirmation"),
        await elsewhere.post(f"{path}/representative/refusal"),
    ):
        assert answer.status_code == 404
    assert (await people["thief"].post(f"{path}/representative/confirmation")).status_code == 403


async def test_a_tax_code_that_is_the_residents_own_number_is_proven(people: Any) -> None:
    own = a_claim(people["owner_id"], tax_code="038085000002")
    stolen = a_claim(people["thief_id"], tax_code="038085000002")

    claimed = (await people["thief"].post("/v1/organizations", json=stolen)).json()
    proven = (await people["owner"].post("/v1/organizations", json=own)).json()

    assert claimed["representative_status"] == "claimed"
    assert (proven["id"], proven["representative_status"]) == (claimed["id"], "confirmed")


async def test_a_resident_has_a_bounded_number_of_open_claims(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.commands.representatives.MOST_OPEN_CLAIMS", 1)
    await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))

    repeated = await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))
    another = await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"], tax_code="0100109106"))

    assert repeated.status_code == 201
    assert (another.status_code, another.json()["type"]) == (409, "/problems/too-many-claims")


async def test_claims_that_await_a_decision_are_listed(people: Any) -> None:
    await people["thief"].post("/v1/organizations", json=a_claim(people["thief_id"]))
    await people["officer"].post("/v1/organizations", json=a_claim(people["owner_id"], tax_code="0100109106"))

    waiting = await people["officer"].get("/v1/organizations?representative_status=claimed")

    assert [item["tax_code"] for item in waiting.json()["items"]] == ["0100233488"]
