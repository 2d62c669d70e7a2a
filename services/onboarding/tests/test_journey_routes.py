"""The routes of the journey: who may see and declare what, and what is refused."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from chassis.storage.database import Database
from contracts.access import AccessRecorded
from contracts.onboarding import ResidentFactObserved, ResidentGuided, StepCompleted
from contracts.registry import OrganizationRegistered
from services.onboarding.tests.world import PURPOSE, Village, declared

Deliver = Callable[..., Any]
Calling = Callable[..., Any]


async def test_the_steps_are_public(world: None, calling: Calling) -> None:
    steps = (await calling().get("/v1/onboarding/steps")).json()["items"]

    assert [step["step"] for step in steps][:2] == ["vneid", "portal_account"]
    assert steps[3]["title_vi"] == "Chữ ký điện tử (chữ ký số cá nhân)"
    vneid_rule = next(each for each in steps[1]["conditions"] if each["condition"] == "vneid")
    assert vneid_rule["valid_from"] == "2025-07-01"


async def test_an_officer_reads_a_journey_with_a_purpose_and_the_read_is_logged(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    path = f"/v1/residents/{resident.resident_id}/onboarding"
    officer = calling("officer", unit_code="15724")

    assert (await officer.get(path)).status_code == 428
    answer = await officer.get(path, headers=PURPOSE)

    assert answer.status_code == 200
    assert answer.json()["unit_code"] == "15727-01"
    assert answer.headers["etag"]
    [read] = await published(AccessRecorded)
    assert (read.resident_id, read.purpose) == (resident.resident_id, "onboarding")


async def test_a_resident_reads_only_their_own_journey(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    one, two = village_1.resident(), village_1.resident()
    await deliver(one, two)
    client = calling("resident", resident_id=one.resident_id)

    assert (await client.get(f"/v1/residents/{one.resident_id}/onboarding")).status_code == 200
    assert (await client.get(f"/v1/residents/{two.resident_id}/onboarding", headers=PURPOSE)).status_code == 404
    assert await published(AccessRecorded) == []


async def test_an_unknown_resident_is_404_with_retry_after(world: None, calling: Calling) -> None:
    answer = await calling("officer", unit_code="15724").get(f"/v1/residents/{new_id()}/onboarding", headers=PURPOSE)

    assert answer.status_code == 404
    assert answer.headers["retry-after"] == "1"


async def test_the_time_of_an_answer_does_not_distinguish_a_resident_of_another_village_from_an_unknown_one(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> None:
    one, two, later = village_1.resident(), village_2.resident(), village_1.resident()
    await deliver(one, two)
    volunteer, resident = calling("volunteer", unit_code="15727-01"), calling("resident", resident_id=one.resident_id)

    async def asked(client: Any, resident_id: Any) -> tuple[int, float]:
        began = monotonic()
        answer = await client.get(f"/v1/residents/{resident_id}/onboarding", headers=PURPOSE)
        return answer.status_code, monotonic() - began

    async def handled_later() -> None:
        await asyncio.sleep(0.3)
        await deliver(later)

    for id in (two.resident_id, new_id()):
        status, seconds = await asked(volunteer, id)
        assert (status, seconds >= 1.0) == (404, True), seconds
        quickest = min([await asked(resident, id) for _ in range(3)])
        assert (quickest[0], quickest[1] < 1.0) == (404, True), "a resident may never see another: nothing to wait for"
    quickest = min([await asked(volunteer, one.resident_id) for _ in range(3)])
    assert (quickest[0], quickest[1] < 1.0) == (200, True), "a replicated resident is answered without waiting"
    answered, _ = await asyncio.gather(asked(volunteer, later.resident_id), handled_later())
    assert (answered[0], answered[1] >= 0.3) == (200, True), "a resident whose event arrives a moment later"


async def test_a_volunteer_of_village_1_neither_sees_nor_changes_village_2(
    world: None, deliver: Deliver, calling: Calling, village_2: Village
) -> None:
    resident = village_2.resident()
    await deliver(resident)
    volunteer = calling("volunteer", unit_code="15727-01")
    path = f"/v1/residents/{resident.resident_id}/onboarding"

    assert (await volunteer.get(path, headers=PURPOSE)).status_code == 404
    assert (await volunteer.put(f"{path}/province_app", json=declared())).status_code == 404
    assert (await volunteer.get("/v1/onboarding/worklist?unit_code=15727-02", headers=PURPOSE)).status_code == 403
    [item] = (await volunteer.post("/v1/onboarding/batches", json={"items": [step_item(resident.resident_id)]})).json()[
        "items"
    ]
    assert (item["result"], item["problem"]["status"]) == ("refused", 404)


async def test_pupils_see_no_personal_data(world: None, deliver: Deliver, calling: Calling, village_1: Village) -> None:
    resident = village_1.resident()
    await deliver(resident)
    pupil = calling("volunteer", unit_code="15727-01", body="school")

    assert (await pupil.get(f"/v1/residents/{resident.resident_id}/onboarding", headers=PURPOSE)).status_code == 403
    assert (await pupil.get("/v1/onboarding/worklist", headers=PURPOSE)).status_code == 403


async def test_a_declaration_without_its_conditions_is_refused_and_names_them(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident(has_smartphone=False, citizen_id_card=False)
    await deliver(resident)

    answer = await calling("volunteer", unit_code="15727-01").put(
        f"/v1/residents/{resident.resident_id}/onboarding/vneid", json=declared()
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/conditions-missing"
    assert answer.json()["missing"] == ["citizen_id_card", "smartphone"]
    assert "Điện thoại thông minh" in answer.json()["detail"]


async def test_an_assisted_step_is_recorded_as_assisted_and_twice_is_once(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    volunteer = calling("volunteer", unit_code="15727-01")
    path = f"/v1/residents/{resident.resident_id}/onboarding/province_app"

    first = await volunteer.put(path, json=declared(kind="self"))
    second = await volunteer.put(path, json=declared(kind="self"))

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert (first.json()["status"], first.json()["marks"]) == ("completed", ["assisted"])
    assert len(await published(StepCompleted)) == 1


async def test_a_resident_declares_their_own_step_as_self_service(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    client = calling("resident", resident_id=resident.resident_id)
    path = f"/v1/residents/{resident.resident_id}/onboarding/province_app"

    assert (await client.put(path, json=declared(kind="officer"))).status_code == 403
    assert (await client.put(path, json=declared(kind="self"))).json()["marks"] == ["self_service"]


async def test_only_the_police_confirm_level_2(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    path = f"/v1/residents/{resident.resident_id}/onboarding/vneid"
    body = declared(kind="officer", level=2)

    assert (await calling("officer", unit_code="15724", body="culture").put(path, json=body)).status_code == 403
    assert (await calling("officer", unit_code="15724", body="police").put(path, json=body)).json()["level"] == 2


async def test_cyber_protection_needs_a_licensed_provider(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    path = f"/v1/residents/{resident.resident_id}/onboarding/cyber_protection"
    officer = calling("officer", unit_code="15724")

    unnamed = await officer.put(path, json=declared())
    unlicensed = await officer.put(path, json=declared(provider="demo-bank"))
    licensed = await officer.put(path, json=declared(provider="demo-telecom"))

    assert unnamed.status_code == 422
    assert unnamed.json()["errors"][0]["pointer"] == "/evidence/provider"
    assert unlicensed.json()["type"] == "/problems/unlicensed-provider"
    assert licensed.json()["status"] == "completed"


async def test_a_list_is_bound_by_the_same_rules_as_a_declaration(world: None, calling: Calling) -> None:
    """An unlicensed provider's list is refused; level 2 follows from the body that uploads, whatever source it names."""
    officer = calling("officer", unit_code="15724", body="culture")
    police = calling("officer", unit_code="15724", body="police")
    files = {"file": ("ds.csv", "Số CCCD;Mức độ\n038085000001;2\n038085000002;1\n".encode())}

    async def send_list(step: str, source_body: str, who: Any = officer) -> Any:
        form = {"step": step, "unit_code": "15727-01", "source_body": source_body}
        return await who.post("/v1/onboarding/imports", data=form, files=files)

    unlicensed = await send_list("cyber_protection", "some-telecom")
    assert (unlicensed.status_code, unlicensed.json()["type"]) == (422, "/problems/unlicensed-provider")
    assert (await send_list("cyber_protection", "demo-telecom")).status_code == 202
    for source in ("culture", "police", "Công an xã", "telecom", "demo-telecom"):
        taken = (await send_list("vneid", source)).json()
        rejected = (await officer.get(f"/v1/onboarding/imports/{taken['id']}/rejections")).json()["items"]
        assert [(each["row"], each["code"]) for each in rejected] == [(2, "not-yours-to-confirm")], source
    assert (await send_list("vneid", "police", police)).json()["rejected"] == 0
    unknown = await send_list("vneid", "unknown")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown-code")


async def test_an_evidence_keeps_provider_reference_and_time_and_nothing_else_that_was_sent(
    world: None, deliver: Deliver, calling: Calling, database: Database, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    secrets = {"image": "aW1hZ2U=", "face": "ZmFjZQ==", "otp": "739104", "private_key": "-----BEGIN", "pin": "0000"}
    path = f"/v1/residents/{resident.resident_id}/onboarding/province_app"
    volunteer = calling("volunteer", unit_code="15727-01")

    refused = await volunteer.put(path, json=declared(provider="demo-telecom", reference="HD-7", **secrets))
    answer = await volunteer.put(path, json=declared(provider="demo-telecom", reference="HD-7"))

    assert refused.status_code == 422
    assert {(each["pointer"], each["code"]) for each in refused.json()["errors"]} == {
        (f"/evidence/{name}", "unknown-field") for name in secrets
    }
    assert answer.status_code == 200
    async with database.reading() as session:
        kept = (await session.execute(text("SELECT step_evidence::text FROM step_evidence"))).scalar_one()
        outbox = (await session.execute(text("SELECT string_agg(value, '') FROM outbox"))).scalar_one()
    assert "demo-telecom" in kept
    assert "HD-7" in kept
    assert not [name for name, secret in secrets.items() if secret in kept + outbox + answer.text + refused.text]


async def test_a_stale_if_match_is_412(world: None, deliver: Deliver, calling: Calling, village_1: Village) -> None:
    resident = village_1.resident()
    await deliver(resident)
    officer = calling("officer", unit_code="15724")
    path = f"/v1/residents/{resident.resident_id}/onboarding"
    seen = (await officer.get(path, headers=PURPOSE)).headers["etag"]

    assert (await officer.put(f"{path}/province_app", json=declared(), headers={"If-Match": seen})).status_code == 200
    assert (await officer.put(f"{path}/vneid", json=declared(), headers={"If-Match": seen})).status_code == 412


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "ready"},
        {"occurred_at": "2026-02-01T08:00:00"},
        {"occurred_at": "2999-02-01T08:00:00Z"},
        {"evidence": {}},
        {"evidence": {"kind": "rumour"}},
    ],
)
async def test_a_wrong_declaration_is_422(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, wrong: dict[str, Any]
) -> None:
    resident = village_1.resident()
    await deliver(resident)

    answer = await calling("officer", unit_code="15724").put(
        f"/v1/residents/{resident.resident_id}/onboarding/vneid", json={**declared(), **wrong}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_the_worklist_shows_open_steps_by_condition(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> None:
    without, with_phone, elsewhere = (
        village_1.resident(has_smartphone=False), village_1.resident(), village_2.resident()
    )  # fmt: skip
    await deliver(without, with_phone, elsewhere, village_1.resident(life="deceased"))
    volunteer = calling("volunteer", unit_code="15727-01")

    ready = (await volunteer.get("/v1/onboarding/worklist?step=province_app&status=ready", headers=PURPOSE)).json()[
        "items"
    ]
    lacking = (await volunteer.get("/v1/onboarding/worklist?condition=smartphone&step=vneid", headers=PURPOSE)).json()[
        "items"
    ]
    commune = await calling("officer", unit_code="15724").get(
        "/v1/onboarding/worklist?unit_code=15724&step=vneid&limit=2", headers=PURPOSE
    )

    assert [each["resident_id"] for each in ready] == [str(with_phone.resident_id)]
    assert ready[0]["bring"] == ["điện thoại thông minh đã sạc pin"]
    assert [each["resident_id"] for each in lacking] == [str(without.resident_id)]
    assert len(commune.json()["items"]) == 2
    rest = await calling("officer", unit_code="15724").get(
        f"/v1/onboarding/worklist?unit_code=15724&step=vneid&limit=2&cursor={commune.json()['next_cursor']}",
        headers=PURPOSE,
    )
    assert len(rest.json()["items"]) == 1
    assert {read.action for read in await published(AccessRecorded)} == {"worklist"}


async def test_the_summary_of_a_village_and_the_worklist_of_a_household(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> None:
    household = new_id()
    await deliver(
        village_1.resident(has_smartphone=False, household_id=household), village_1.resident(), village_2.resident()
    )
    volunteer = calling("volunteer", unit_code="15727-01")

    summary = (await volunteer.get("/v1/onboarding/summary")).json()
    own = (await volunteer.get(f"/v1/onboarding/worklist?household_id={household}&step=vneid", headers=PURPOSE)).json()[
        "items"
    ]

    vneid = summary["steps"][0]
    assert (vneid["step"], vneid["blocked"], vneid["ready"], vneid["completed"]) == ("vneid", 1, 1, 0)
    assert summary["missing"] == {"ekyc": 2, "smartphone": 1, "vneid": 2}
    assert [each["household_id"] for each in own] == [str(household)]
    assert (await volunteer.get("/v1/onboarding/summary?unit_code=15724")).status_code == 403


async def test_an_organization_declares_its_app_when_the_owner_has_a_smartphone(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    organization = OrganizationRegistered(
        organization_id=new_id(), version=1, unit_id=village_1.unit.unit_id, unit_code="15727-01",
        at="2026-01-01T00:00:00Z", kind="enterprise", representative_id=new_id(), owner_has_smartphone=False,
    )  # fmt: skip
    await deliver(organization)
    path = f"/v1/organizations/{organization.organization_id}/onboarding/province_app"
    owner = calling("organization", organization_id=organization.organization_id)

    assert (await owner.get(path)).json()["missing"] == ["smartphone"]
    assert (await owner.put(path, json=declared(kind="self"))).status_code == 409
    assert (await calling("officer", unit_code="15061").get(path)).status_code == 404
    await deliver(organization.model_copy(update={"version": 2, "owner_has_smartphone": True}))
    assert (await owner.put(path, json=declared(kind="self"))).json()["status"] == "completed"


def step_item(resident_id: Any, client_id: str = "c1", step: str = "province_app", **more: Any) -> dict[str, Any]:
    return {"client_id": client_id, "resident_id": str(resident_id), "step": step, **declared(), **more}


async def test_a_batch_answers_each_item_in_order_and_twice_changes_nothing(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    ready, blocked = village_1.resident(), village_1.resident(has_smartphone=False)
    await deliver(ready, blocked)
    seen = {"resident_id": str(blocked.resident_id), "occurred_at": "2026-02-01T08:00:00+07:00"}
    items = [
        step_item(blocked.resident_id, "c1"),
        {"kind": "fact", "client_id": "c2", "fact": "has_smartphone", "value": True, **seen},
        step_item(blocked.resident_id, "c3"),
        step_item(ready.resident_id, "c4"),
        {"kind": "visit", "client_id": "c5", "outcome": "done", **seen},
        {"kind": "fact", "client_id": "c6", "phone": "0912345678", "phone_owner_verified": True, **seen},
        {"client_id": "c7", "resident_id": "unknown"},
        step_item(new_id(), "c8"),
        {"kind": "dream", "client_id": "c9"},
    ]
    volunteer = calling("volunteer", unit_code="15727-01")

    first = (await volunteer.post("/v1/onboarding/batches", json={"items": items})).json()["items"]
    second = (await volunteer.post("/v1/onboarding/batches", json={"items": items[1:5]})).json()["items"]

    assert [each["client_id"] for each in first] == [f"c{number}" for number in range(1, 10)]
    assert [each["result"] for each in first] == [
        "refused", "applied", "applied", "applied", "applied", "applied", "refused", "refused", "refused",
    ]  # fmt: skip
    assert first[5]["is_proposal"], "the resident has a verified number"
    assert first[0]["problem"]["missing"] == ["smartphone"]
    assert [each["result"] for each in second] == ["unchanged"] * 4
    assert len(await published(StepCompleted)) == 2
    assert len(await published(ResidentGuided)) == 1
    events = await published(ResidentFactObserved)
    assert "0912345678" not in events[1].model_dump_json()
    assert events[1].sealed


async def test_visits_are_listed_newest_first(
    world: None, deliver: Deliver, published: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    volunteer = calling("volunteer", unit_code="15727-01")
    paid = [
        {"client_id": f"{day}", "kind": "visit", "resident_id": str(resident.resident_id), "outcome": outcome,
         "occurred_at": f"2026-02-{day:02}T08:00:00+07:00"}
        for day, outcome in ((1, "not_home"), (2, "not_home"), (3, "done"))
    ]  # fmt: skip
    await volunteer.post("/v1/onboarding/batches", json={"items": paid})

    first = (await volunteer.get("/v1/onboarding/visits?limit=2", headers=PURPOSE)).json()
    rest = (await volunteer.get(f"/v1/onboarding/visits?limit=2&cursor={first['next_cursor']}", headers=PURPOSE)).json()
    again = (await volunteer.get("/v1/onboarding/visits?outcome=not_home", headers=PURPOSE)).json()["items"]

    assert [each["outcome"] for each in [*first["items"], *rest["items"]]] == ["done", "not_home", "not_home"]
    assert len(again) == 2
    assert "visits" in {each.action for each in await published(AccessRecorded)}
    assert (await calling("volunteer", unit_code="15727-02").get("/v1/onboarding/visits", headers=PURPOSE)).json()[
        "items"
    ] == []


async def test_a_batch_has_at_most_500_items(world: None, calling: Calling) -> None:
    answer = await calling("volunteer", unit_code="15727-01").post("/v1/onboarding/batches", json={"items": [{}] * 501})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/v1/onboarding/worklist?unit_code=nowhere",
        "/v1/onboarding/worklist?status=done",
        "/v1/onboarding/worklist?cursor=x",
        "/v1/onboarding/worklist?colour=red",
        "/v1/sessions?unit_code=nowhere",
    ],
)
async def test_a_wrong_query_is_400(world: None, calling: Calling, path: str) -> None:
    assert (await calling("officer", unit_code="15724").get(path)).status_code == 400


async def test_days_of_other_centuries_are_no_server_error(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")

    assert (await officer.get("/v1/sessions?from=0001-01-01&to=9999-12-31")).status_code == 200
    for wrong in ({"valid_until": "9999-12-31"}, {"valid_until": "0001-01-01T00:00:00+14:00"}):
        answer = await officer.put(f"/v1/residents/{new_id()}/onboarding/vneid", json=declared(**wrong))
        assert answer.status_code == 422
