"""Request bodies: unknown fields, loose types and impossible values are refused before anything is done."""

from collections.abc import Callable
from typing import Any

import pytest

from services.onboarding.tests.plans import send
from services.onboarding.tests.world import Village, declared

Calling = Callable[..., Any]
Deliver = Callable[..., Any]

CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}
SESSION = {"kind": "training", "venue": "Hội trường", "unit_code": "15727-01", "starts_at": "2026-01-01T08:00:00+07:00"}
CHECK = {"venue": "Hội trường", "items": [{"kind": "seats", "needed": 3, "working": 1}]}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        ("", CAMPAIGN | {"start_on": "2026-01-01"}, "/start_on", "unknown-field"),
        ("", CAMPAIGN | {"status": "done"}, "/status", "unknown-field"),
        ("", CAMPAIGN | {"starts_on": 0}, "/starts_on", "date-parsing"),
        ("", CAMPAIGN | {"starts_on": "20260101"}, "/starts_on", "date-parsing"),
        ("", CAMPAIGN | {"minimum_procedures": "5"}, "/minimum_procedures", "int-type"),
        ("", CAMPAIGN | {"targets": [{"indicator": "vneid", "count": -1}]}, "/targets/0/count", "greater-than-equal"),
        ("", CAMPAIGN | {"targets": [{"indicator": "vneid", "count": 1}] * 2}, "/targets", "named-twice"),
        ("/tasks", {"body": "office", "work": "Việc", "reminder": []}, "/reminder", "unknown-field"),
        ("/sessions", SESSION | {"starts_at": 0}, "/starts_at", "datetime-parsing"),
        ("/sessions", SESSION | {"starts_at": "1767225600"}, "/starts_at", "datetime-parsing"),
        ("/sessions", SESSION | {"starts_at": "2026-01-01T08:00:00"}, "/starts_at", "datetime-parsing"),
        ("/teams", {"unit_code": "15724", "members": [{"body": "no_such_body"}]}, "/members/0/body", "unknown-code"),
        ("/teams", {"unit_code": "15724", "members": [{"body": "police", "is_focal_point": 0}]},
         "/members/0/is_focal_point", "bool-type"),
        ("/communications", {"kind": "tv", "title": "Tin", "published_on": "2096-01-01"}, "/published_on",
         "in-the-future"),
        ("/models", {"body": "no_such_body", "title": "Mô hình"}, "/body", "unknown-code"),
        ("/filings", {"kind": "plan", "to": "UBND", "due_on": 0}, "/due_on", "date-parsing"),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_422_and_names_the_field(
    world: None, calling: Calling, path: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    officer = calling("officer", unit_code="15724")
    campaign = await send(officer, "POST", "/v1/campaigns", CAMPAIGN, 201)
    target = f"/v1/campaigns/{campaign['id']}{path}" if path else "/v1/campaigns"

    answer = await officer.post(target, json=body)

    assert answer.status_code == 422, answer.text
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize("amount", [-3, 10**6, "3", 1.5])
async def test_a_readiness_check_counts_with_whole_numbers_from_0(world: None, calling: Calling, amount: Any) -> None:
    officer = calling("officer", unit_code="15724")
    campaign = await send(officer, "POST", "/v1/campaigns", CAMPAIGN, 201)
    path = f"/v1/campaigns/{campaign['id']}/readiness-checks"

    answer = await officer.post(path, json=CHECK | {"items": [{"kind": "seats", "needed": amount}]})

    assert answer.status_code == 422
    made = await send(officer, "POST", path, CHECK, 201)
    assert [each["work"] for each in made["tasks"]] == ["Bổ sung 2 chỗ ngồi tại Hội trường"]


@pytest.mark.parametrize("path", ["", "/tasks/{task}", "/steps/1"])
async def test_an_unknown_member_of_a_patch_is_refused(world: None, calling: Calling, path: str) -> None:
    officer = calling("officer", unit_code="15724")
    campaign = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}"
    task = await send(officer, "POST", f"{campaign}/tasks", {"body": "office", "work": "Việc"}, 201)

    answer = await officer.patch(campaign + path.format(task=task["id"]), json={"start_on": "2026-01-01"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-field")


async def test_the_work_and_the_body_of_a_task_change(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}/tasks"
    task = await send(officer, "POST", path, {"body": "office", "work": "Việc"}, 201)

    changed = await send(officer, "PATCH", f"{path}/{task['id']}", {"work": "Việc khác", "body": "Công an xã"}, 200)

    assert (changed["work"], changed["body"], changed["body_name"]) == ("Việc khác", "police", "Công an xã")


@pytest.mark.parametrize(
    "item",
    [
        {"step": "vneid", **declared(), "occurred_at": 0},
        {"step": "vneid", **declared(), "occurred_at": "1767225600"},
        {"step": "vneid", **declared(), "colour": "red"},
        {"step": "vneid", **declared(level="2")},
        {"kind": "fact", "fact": "has_smartphone", "value": 1, "occurred_at": "2026-01-01T08:00:00+07:00"},
        {"kind": "fact", "fact": "phone", "value": "0912345678", "phone_owner_verified": 1,
         "occurred_at": "2026-01-01T08:00:00+07:00"},
        {"kind": "visit", "outcome": "done", "occurred_at": "2026-01-01"},
    ],
)  # fmt: skip
async def test_a_loose_item_of_a_batch_is_refused_and_the_others_apply(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, item: dict[str, Any]
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    who = {"resident_id": str(resident.resident_id)}
    good = {"client_id": "2", "step": "province_app", **who, **declared()}

    answer = await calling("volunteer", unit_code="15727-01").post(
        "/v1/onboarding/batches", json={"items": [{"client_id": "1", **who, **item}, good]}
    )

    assert [each["result"] for each in answer.json()["items"]] == ["refused", "applied"]
