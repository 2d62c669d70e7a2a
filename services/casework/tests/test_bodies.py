"""Request bodies: unknown members are refused, JSON types are strict, times are RFC 3339."""

import pytest

FEEDBACK = {"unit_code": "15724", "category": "field", "text": "Đèn hỏng"}
INCIDENT = {"system": "app", "unit_code": "15724", "title": "Lỗi"}
EXTRACT = {"procedure_code": "2.000635"}
LETTER = {"unit_code": "15724", "subject": "Đơn"}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        ("feedback", FEEDBACK | {"anonymus": True}, "/anonymus", "unknown-field"),
        ("feedback", FEEDBACK | {"anonymous": 0}, "/anonymous", "bool-type"),
        ("feedback", FEEDBACK | {"anonymous": "false"}, "/anonymous", "bool-type"),
        ("incidents", INCIDENT | {"occurred_at": 0}, "/occurred_at", "datetime-parsing"),
        ("incidents", INCIDENT | {"occurred_at": "20261129"}, "/occurred_at", "datetime-parsing"),
        ("incidents", INCIDENT | {"occurred_at": "2026-11-29T08:00:00"}, "/occurred_at", "datetime-parsing"),
        ("documents", LETTER | {"due_on": 0}, "/due_on", "date-parsing"),
        ("documents", LETTER | {"tittle": "x"}, "/tittle", "unknown-field"),
        ("dossiers", EXTRACT | {"copies": "2"}, "/copies", "int-type"),
        ("dossiers", EXTRACT | {"copies": 2.0}, "/copies", "int-type"),
        ("dossiers", EXTRACT | {"subject": "x"}, "/subject", "unknown-field"),
    ],
)
async def test_a_body_that_is_nearly_right_is_refused(binh, world, path, body, pointer, code):
    whole = body | ({"resident_id": str(world.binh)} if path == "dossiers" else {})

    answer = await binh.post(f"/v1/{path}", json=whole)

    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "action", [{"action": "extend", "due_on": 0}, {"action": "accept", "verification": 0}, {"action": "accept", "x": 1}]
)
async def test_an_action_is_read_strictly(binh, officer, world, action):
    opened = (await binh.post("/v1/dossiers", json=EXTRACT | {"resident_id": str(world.binh)})).json()

    answer = await officer.post(f"/v1/dossiers/{opened['id']}/actions", json=action)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "unused", [{"unit_code": "15724"}, {"due_on": "2029-12-28"}, {"amount": 5_000}, {"rating": 5}, {"note": 5}]
)
async def test_what_an_action_does_not_take_is_refused(binh, officer, world, unused):
    opened = (await binh.post("/v1/dossiers", json=EXTRACT | {"resident_id": str(world.binh)})).json()
    actions = f"/v1/dossiers/{opened['id']}/actions"

    answer = await officer.post(actions, json={"action": "approve", **unused})
    left_empty = await officer.post(actions, json={"action": "approve", "unit_code": None, "verification": False})

    assert answer.status_code == 422
    assert left_empty.json()["type"] == "/problems/illegal-action"


async def test_the_text_of_a_supplement_of_feedback_is_kept(binh, officer, world):
    sent = (await binh.post("/v1/feedback", json=FEEDBACK)).json()
    actions = f"/v1/feedback/{sent['id']}/actions"
    await officer.post(actions, json={"action": "request_supplement", "note": "Ở đâu?"})

    refused = await binh.post(actions, json={"action": "supplement", "text": "Ở ngõ 2", "rating": 5})
    await binh.post(actions, json={"action": "supplement", "text": "Ở ngõ 2"})

    history = (await binh.get(f"/v1/feedback/{sent['id']}")).json()["history"]
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not-for-this-action")
    assert [step["note"] for step in history] == ["Ở đâu?", "Ở ngõ 2"]


async def test_copies_can_be_left_out_and_not_cleared(binh, world):
    opened = (await binh.post("/v1/dossiers", json=EXTRACT | {"resident_id": str(world.binh)})).json()
    path = f"/v1/dossiers/{opened['id']}"

    cleared = await binh.patch(path, json={"copies": None})

    assert [(error["pointer"], error["code"]) for error in cleared.json()["errors"]] == [("/copies", "not-nullable")]
    assert (await binh.patch(path, json={"copies": 2})).json()["copies"] == 2


async def test_a_repeated_key_is_authorised_again_and_reads_the_dossier_as_it_may_be_read_today(
    binh, officer, calling, world, published
):
    from contracts.access import AccessRecorded

    key = {"Idempotency-Key": "k-1"}
    body = EXTRACT | {"resident_id": str(world.binh)}

    first = await officer.post("/v1/dossiers", json=body, headers=key)
    again = await officer.post("/v1/dossiers", json=body, headers=key)
    moved = calling("officer", unit_code="15061", subject="officer-1")
    elsewhere = await moved.post("/v1/dossiers", json=body, headers=key | {"X-Purpose": "dossier"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert elsewhere.status_code in (403, 404)
    assert "Thử Bình" not in elsewhere.text
    assert [row.action for row in await published(AccessRecorded)] == ["draft", "read"]
