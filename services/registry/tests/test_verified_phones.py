"""The number that notifications writes to: the resident's own, for services alone, without an entry in the access log."""

from typing import Any

from contracts.access import AccessRecorded

from .conftest import a_resident


async def test_a_service_gets_the_number_that_is_known_to_be_the_residents_own(
    calling: Any, register: Any, published: Any
) -> None:
    own = await register(a_resident(1))
    another = await register(a_resident(2, phone_owner_verified=False))
    none = await register(a_resident(3, phone=None, phone_owner_verified=False))
    service = calling("service", subject="notifications")
    answers = [await service.get(f"/v1/residents/{one['id']}/verified-phone") for one in (own, another, none)]

    assert [answer.json() for answer in answers] == [{"phone": "+84900000001"}, {"phone": None}, {"phone": None}]
    assert await published(AccessRecorded) == [], "each entry would be a separate notification"


async def test_no_other_caller_gets_it(calling: Any, register: Any) -> None:
    own = await register(a_resident(1))
    path = f"/v1/residents/{own['id']}/verified-phone"
    callers = [calling(role, unit_code="38") for role in ("officer", "volunteer", "operator", "auditor")]
    answers = [await one.get(path) for one in (*callers, calling("resident", resident_id=own["id"]))]

    assert {answer.status_code for answer in answers} == {403}
    assert (
        await calling("service").get("/v1/residents/019aa000-0000-7000-8000-000000000001/verified-phone")
    ).status_code == 404
