"""People who are signed in and unknown propose to be registered; an officer of the unit decides."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.security.sign_in import Claims
from chassis.storage.database import Database
from contracts.registry import ResidentRegistered

from .conftest import PURPOSE, a_resident
from .test_identity_links import ISSUER, claims_of

BODY = {"unit_code": "15727-01", "address_line": "Số 5 ngõ Bí Mật", "phone": "0912345678"}


@pytest.fixture
def applicant(calling: Any) -> Any:
    """`applicant(1)` is an HTTP client of a person without record."""

    def client(number: int = 1, **changes: Any) -> Any:
        return calling(
            "unregistered",
            subject=f"applicant:{number}",
            level=2,
            sealed_claims=claims_of(number, **changes).encrypted(),
        )

    return client


async def test_nothing_counts_before_an_officer_accepts_and_then_the_person_signs_in(
    applicant: Any, calling: Any, published: Any
) -> None:
    sent = await applicant().post("/v1/registrations", json=BODY)
    assert sent.status_code == 202, sent.text
    proposal = sent.json()
    assert (proposal["status"], proposal["resident_id"]) == ("proposed", None)
    assert proposal["fields"]["personal_id"] == {"value": "038*******01", "source": "provider"}
    assert proposal["fields"]["sex"]["value"] == "male"
    assert await published(ResidentRegistered) == []

    officer = calling("officer", unit_code="15724")
    [listed] = (await officer.get("/v1/registrations?status=proposed", headers=PURPOSE)).json()["items"]
    path = f"/v1/registrations/{listed['id']}"
    decided = await officer.post(f"{path}/decision", json={"decision": "accept"})

    assert decided.status_code == 200, decided.text
    assert decided.json()["resident_id"] == proposal["id"]
    assert (await applicant().get(path)).json()["status"] == "accepted"
    [event] = await published(ResidentRegistered)
    assert (str(event.resident_id), event.unit_code) == (proposal["id"], "15727-01")
    signed_in = await calling("service").post("/internal/sign-ins", json={"claims": claims_of().encrypted()})
    assert signed_in.json()["resident_id"] == proposal["id"]
    again = await officer.post(f"{path}/decision", json={"decision": "refuse"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-decided")


async def test_proposing_again_replaces_the_first_and_a_refused_person_may_try_again(
    applicant: Any, calling: Any
) -> None:
    first = (await applicant().post("/v1/registrations", json=BODY)).json()
    again = (await applicant().post("/v1/registrations", json=BODY | {"unit_code": "15721-01"})).json()
    assert (again["id"], again["unit_code"]) == (first["id"], "15721-01")

    officer = calling("officer", unit_code="38")
    refused = await officer.post(
        f"/v1/registrations/{first['id']}/decision", json={"decision": "refuse", "note": "đã chuyển đi"}
    )
    assert (refused.json()["status"], refused.json()["note"]) == ("refused", "đã chuyển đi")
    assert (await applicant().post("/v1/registrations", json=BODY)).json()["id"] != first["id"]


async def test_others_see_nothing_of_a_proposal(applicant: Any, calling: Any) -> None:
    proposal = (await applicant(1).post("/v1/registrations", json=BODY)).json()
    path = f"/v1/registrations/{proposal['id']}"
    elsewhere = calling("officer", unit_code="15061")

    assert (await applicant(2).get(path)).status_code == 404
    assert (await elsewhere.get(path, headers=PURPOSE)).status_code == 404
    assert (await elsewhere.get("/v1/registrations", headers=PURPOSE)).json()["items"] == []
    assert (await elsewhere.post(f"{path}/decision", json={"decision": "accept"})).status_code == 404
    assert (await calling("resident", resident_id=proposal["id"]).get(path)).status_code == 403


async def test_a_number_that_is_registered_and_claims_without_one_are_refused(
    applicant: Any, calling: Any, register: Any
) -> None:
    await register(a_resident(1))
    assert (await applicant(1).post("/v1/registrations", json=BODY)).status_code == 409

    without = calling("unregistered", subject="applicant:9", sealed_claims=Claims(ISSUER, "s").encrypted())
    assert (await without.post("/v1/registrations", json=BODY)).status_code == 422
    unknown_unit = await applicant(2).post("/v1/registrations", json={"unit_code": "99999"})
    assert unknown_unit.json()["errors"][0]["code"] == "unknown-unit"


async def test_a_proposal_is_stored_encrypted(applicant: Any, database: Database) -> None:
    await applicant().post("/v1/registrations", json=BODY)

    async with database.reading() as session:
        stored = str((await session.execute(text("SELECT * FROM registration"))).one())
    for secret in ("038085000001", "Đức", "ĐỨC", "Bí Mật", "912345678"):
        assert secret not in stored
