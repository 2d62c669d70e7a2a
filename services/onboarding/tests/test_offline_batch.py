"""Offline work of volunteers: numbers, organizations and attendance in batches, and what changed since the last time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import frozen_at, now, today
from chassis.ids import new_id
from contracts.onboarding import ResidentFactObserved, ResidentGuided, SessionHeld
from contracts.registry import (
    OrganizationRegistered,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUpdated,
)
from onboarding.app import app
from services.onboarding.tests.plans import send
from services.onboarding.tests.world import NOW, PURPOSE, Village, declared

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}
AT = "2026-02-01T08:00:00+07:00"


def phone_of(resident_id: Any, value: Any, client_id: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "kind": "fact", "client_id": client_id, "resident_id": str(resident_id), "fact": "phone", "value": value,
        "phone_owner_verified": True, "occurred_at": AT, **more,
    }  # fmt: skip


async def batch(who: Any, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await send(who, "POST", "/v1/onboarding/batches", {"items": list(items)}, 200)
    return list(answer["items"])


@pytest.mark.parametrize("written", ["không có", "0123", "", "x", "09123456789", "số nhà 12"])
async def test_a_text_that_is_no_phone_number_is_refused_with_the_reason(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village, written: str
) -> None:
    resident = village_1.resident()
    await deliver(resident)

    [answer] = await batch(calling("volunteer", unit_code="15727-01"), phone_of(resident.resident_id, written))

    assert answer["result"] == "refused"
    assert [each["code"] for each in answer["problem"]["errors"]] == ["phone-invalid"]
    assert await published(ResidentFactObserved) == []


async def test_an_item_of_an_unknown_kind_is_refused_and_the_kinds_are_named(world: None, calling: Calling) -> None:
    [answer] = await batch(calling("volunteer", unit_code="15727-01"), {"kind": "letter", "client_id": "may-7-1"})

    assert (answer["result"], answer["client_id"]) == ("refused", "may-7-1")
    [error] = answer["problem"]["errors"]
    assert (error["pointer"], error["code"]) == ("/kind", "literal-error")
    assert all(kind in error["message"] for kind in ("step", "visit", "fact", "attendance"))


@pytest.mark.parametrize("written", ["0912 345 678", "+84912345678", "0912.345.678 (con trai)", "84912345678"])
async def test_a_number_is_read_as_people_write_it_and_twice_is_once(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village, written: str
) -> None:
    resident = village_1.resident(owner_verified_phone=False)
    await deliver(resident)
    volunteer = calling("volunteer", unit_code="15727-01")

    [first] = await batch(volunteer, phone_of(resident.resident_id, written))
    [second] = await batch(volunteer, phone_of(resident.resident_id, written))

    assert (first["result"], first["is_proposal"], second["result"]) == ("applied", False, "unchanged")
    [event] = await published(ResidentFactObserved)
    assert (event.owner_verified, event.observer) == (True, "volunteer")
    portal = (await volunteer.get(f"/v1/residents/{resident.resident_id}/onboarding", headers=PURPOSE)).json()["steps"][
        1
    ]
    assert "owner_verified_phone" not in portal["missing"]


async def test_a_volunteers_number_beside_a_verified_one_is_a_proposal_and_an_officers_is_not(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident(owner_verified_phone=True)
    await deliver(resident)

    [proposed] = await batch(calling("volunteer", unit_code="15727-01"), phone_of(resident.resident_id, "0912345678"))
    [recorded] = await batch(calling("officer", unit_code="15724"), phone_of(resident.resident_id, "0912345678", "2"))

    assert [(each["result"], each["is_proposal"]) for each in (proposed, recorded)] == [
        ("applied", True), ("applied", False),
    ]  # fmt: skip
    assert [each.observer for each in await published(ResidentFactObserved)] == ["volunteer", "officer"]


async def test_the_app_of_an_organization_is_declared_in_a_batch(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, neighbour: Village
) -> None:
    own, other = (
        OrganizationRegistered(
            organization_id=new_id(), version=1, unit_id=each.unit.unit_id, unit_code=each.unit.code, at=NOW,
            kind="household_business", representative_id=new_id(), owner_has_smartphone=True,
        )
        for each in (village_1, neighbour)
    )  # fmt: skip
    await deliver(own, other)
    volunteer = calling("volunteer", unit_code="15727-01")
    items = [
        {"client_id": str(number), "organization_id": str(each.organization_id), "step": "province_app", **declared()}
        for number, each in enumerate((own, other))
    ]
    wrong = [
        items[0] | {"client_id": "x", "step": "vneid"},
        items[0] | {"client_id": "y", "resident_id": str(new_id())},
        {"client_id": "z", "step": "province_app", **declared()},
    ]

    answers = await batch(volunteer, *items, *wrong)

    assert [each["result"] for each in answers] == ["applied", "refused", "refused", "refused", "refused"]
    assert answers[1]["problem"]["status"] == 404
    assert [each["result"] for each in await batch(volunteer, items[0])] == ["unchanged"]


async def test_attendance_is_recorded_in_a_batch_and_published_once(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> None:
    one, two, elsewhere = village_1.resident(), village_1.resident(), village_2.resident()
    await deliver(one, two, elsewhere)
    officer = calling("officer", unit_code="15724")
    campaign = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}"
    body = {
        "kind": "guidance", "venue": "Nhà văn hóa thôn 1", "unit_code": "15727-01",
        "starts_at": (now() - timedelta(hours=1)).isoformat(), "ends_at": (now() + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    held = await send(officer, "POST", f"{campaign}/sessions", body, 201)
    items = [
        {"kind": "attendance", "client_id": str(each.resident_id), "session_id": held["id"],
         "resident_id": str(each.resident_id)}
        for each in (one, two, elsewhere)
    ]  # fmt: skip
    volunteer = calling("volunteer", unit_code="15727-01")

    answers = await batch(volunteer, *items)

    assert [each["result"] for each in answers] == ["applied", "applied", "refused"]
    assert [each["result"] for each in await batch(volunteer, *items[:2])] == ["unchanged", "unchanged"]
    assert [each.residents for each in await published(SessionHeld)] == [2]
    refused = await batch(calling("volunteer", unit_code="15727-02"), items[2])
    assert (refused[0]["result"], refused[0]["problem"]["status"]) == ("refused", 403)
    await send(officer, "PATCH", f"/v1/sessions/{held['id']}", {"status": "cancelled"}, 200)
    assert (await batch(volunteer, items[0] | {"client_id": "late"}))[0]["problem"][
        "type"
    ] == "/problems/attendance-closed"


def test_the_api_document_has_one_schema_for_each_kind_of_item_with_a_sample() -> None:
    document = app.openapi()
    items = document["components"]["schemas"]["Batch"]["properties"]["items"]["items"]

    named = [each["$ref"].removeprefix("#/components/schemas/") for each in items["oneOf"]]
    kinds = {document["components"]["schemas"][name]["properties"]["kind"]["const"] for name in named}
    assert kinds == {"step", "fact", "visit", "attendance"}
    assert set(items["discriminator"]["mapping"]) == kinds
    assert all(document["components"]["schemas"][name]["examples"] for name in named)


async def test_the_worklist_since_an_instant_has_what_changed_completed_steps_too(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    one, two = village_1.resident(), village_1.resident()
    begun = now()
    with frozen_at(begun):
        await deliver(one, two)
    with frozen_at(begun + timedelta(minutes=10)):
        whole = (
            await calling("volunteer", unit_code="15727-01").get("/v1/onboarding/worklist", headers=PURPOSE)
        ).json()
    assert len(whole["items"]) == 12
    with frozen_at(begun + timedelta(minutes=20)):
        volunteer = calling("volunteer", unit_code="15727-01")
        await batch(
            volunteer, {"client_id": "1", "resident_id": str(one.resident_id), "step": "province_app", **declared()}
        )

        query = {"since": whole["as_of"]}
        changed = (await volunteer.get("/v1/onboarding/worklist", params=query, headers=PURPOSE)).json()["items"]

    assert [(each["resident_id"], each["step"], each["status"]) for each in changed] == [
        (str(one.resident_id), "province_app", "completed")
    ]
    wrong = await volunteer.get("/v1/onboarding/worklist?since=0001-01-01T00:00:00Z", headers=PURPOSE)
    assert wrong.status_code == 400


async def test_the_worklist_since_an_instant_names_who_left_it_and_has_who_came_to_it(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> None:
    moved, died, stays, back, merged = (village_1.resident() for _ in range(5))
    begun = now()
    with frozen_at(begun):
        await deliver(moved, died, stays, back, merged)
    with frozen_at(begun + timedelta(minutes=20)):
        await deliver(in_village(moved, village_2), with_life(died, "deceased"), with_life(back, "deceased"))
        gone = {**merged.model_dump(), "version": 2, "life": "merged", "survivor_id": stays.resident_id}
        await deliver(ResidentMerged.model_validate(gone), with_life(back, "alive", version=3))
        query = {"since": (begun + timedelta(minutes=10)).isoformat()}
        here = (await read_work(calling, "15727-01", query))["departed"]
        [page, whole] = [await read_work(calling, "15724", each) for each in (query, {})]
        there = await read_work(calling, "15727-02", query)

    reasons = {each["resident_id"]: each["reason"] for each in here}
    assert reasons == {
        str(moved.resident_id): "moved", str(died.resident_id): "deceased", str(merged.resident_id): "merged"
    }  # fmt: skip
    assert {each["resident_id"] for each in page["departed"]} == {str(died.resident_id), str(merged.resident_id)}
    assert {each["resident_id"] for each in there["items"]} == {str(moved.resident_id)}
    assert there["departed"] == whole["departed"] == []
    assert str(back.resident_id) in {each["resident_id"] for each in page["items"]}


async def read_work(calling: Calling, unit_code: str, query: dict[str, str]) -> Any:
    client = calling("officer" if unit_code == "15724" else "volunteer", unit_code=unit_code)
    return (await client.get("/v1/onboarding/worklist", params=query, headers=PURPOSE)).json()


def in_village(resident: ResidentRegistered, village: Village) -> ResidentMoved:
    unit = {"unit_id": village.unit.unit_id, "unit_code": village.unit.code}
    before = {"from_unit_id": resident.unit_id, "from_unit_code": resident.unit_code, "moved_on": today()}
    return ResidentMoved.model_validate({**resident.model_dump(), **unit, **before, "version": 2})


def with_life(resident: ResidentRegistered, life: str, version: int = 2) -> ResidentUpdated:
    return ResidentUpdated.model_validate({**resident.model_dump(), "life": life, "version": version})


async def test_a_guidance_evening_guides_those_who_came_until_it_is_cancelled(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    came, mistaken, visited = (village_1.resident() for _ in range(3))
    await deliver(came, mistaken, visited)
    officer = calling("officer", unit_code="15724")
    body = CAMPAIGN | {"targets": [{"indicator": "residents_guided", "percent": 100}]}
    campaign = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', body, 201))['id']}"
    starts_at = now() - timedelta(hours=1)
    evening = {"kind": "guidance", "venue": "Nhà văn hóa", "unit_code": "15727-01", "starts_at": starts_at.isoformat()}
    held = f"/v1/sessions/{(await send(officer, 'POST', f'{campaign}/sessions', evening, 201))['id']}"
    residents = [{"resident_id": str(each.resident_id)} for each in (came, mistaken)]
    paid = {"kind": "visit", "client_id": "v", "resident_id": str(visited.resident_id), "outcome": "done",
            "occurred_at": AT}  # fmt: skip

    async def share() -> float:
        ranking = (await officer.get(f"{campaign}/ranking")).json()["items"]
        return float(next(each["parts"]["residents_guided"] for each in ranking if each["unit_code"] == "15727-01"))

    await send(officer, "POST", f"{held}/attendance", {"items": residents}, 200)
    await batch(officer, paid, paid | {"client_id": "w", "resident_id": str(came.resident_id)})
    assert await share() == 1.0
    await send(officer, "DELETE", f"{held}/attendance/{mistaken.resident_id}", None, 200)
    assert await share() == pytest.approx(2 / 3, abs=1e-3)
    await send(officer, "PATCH", held, {"status": "cancelled"}, 200)

    newest = {each.resident_id: each for each in await published(ResidentGuided) if each.replaces}
    assert newest[mistaken.resident_id].guided_on is None
    assert str(newest[came.resident_id].guided_on) == "2026-02-01"
    assert await share() == pytest.approx(2 / 3, abs=1e-3)
