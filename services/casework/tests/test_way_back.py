"""Every action of an officer can be taken back by another officer of the unit, with what followed from it."""

import asyncio
from datetime import datetime

import pytest

from chassis.clock import frozen_at
from chassis.ids import new_id
from contracts.casework import DeathRegistered, DeathRevoked, DossierChanged, DossierCompleted
from contracts.payments_qr import BillPaid

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
NOTE = {"note": "Nhầm hồ sơ"}


@pytest.fixture
def colleague(calling):
    client = calling("officer", unit_code="15724", subject="officer-2")
    client.headers["X-Purpose"] = "dossier"
    return client


@pytest.fixture
async def extract(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


@pytest.fixture
async def death(binh, world):
    body = {"procedure_code": "1.000656", "resident_id": str(world.binh), "subject_id": str(world.lan)}
    opened = (await binh.post("/v1/dossiers", json=body)).json()
    typed = {"relation": "spouse", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def act(client, dossier, action, headers=None, **more):
    return await client.post(
        f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more}, headers=headers or {}
    )


async def done(client, dossier, *actions):
    for action in actions:
        if action == "draft":
            answer = await attach_draft(client, dossier)
            continue
        answer = await act(client, dossier, action, note="Lý do")
        assert answer.status_code == 200, answer.text
    return answer.json()


async def attach_draft(client, dossier):
    files, data = {"file": ("d.pdf", PDF)}, {"is_draft": "true"}
    return await client.post(f"/v1/dossiers/{dossier['id']}/results", files=files, data=data)


WHAT_COUNTS = ("status", "national_status", "received_at", "due_at", "first_due_at", "finished_at", "is_on_time", "fee",
               "unit_code", "draft_result_until")  # fmt: skip


def counted(dossier):
    return {name: dossier[name] for name in WHAT_COUNTS}


@pytest.mark.parametrize(
    ("way", "action", "more"),
    [
        ([], "accept", {}),
        ([], "refuse", {"note": "Sai thẩm quyền"}),
        ([], "request_supplement", {"note": "Thiếu"}),
        (["accept"], "process", {}),
        (["accept"], "reject", {"note": "Không đủ điều kiện"}),
        (["accept"], "request_supplement", {"note": "Thiếu"}),
        (["accept"], "request_payment", {"amount": 24_000}),
        (["accept"], "extend", {"note": "Xin lỗi", "due_on": "2026-11-26"}),
        (["accept", "draft"], "send_draft_result", {}),
        (["accept"], "approve", {}),
        (["accept", "request_supplement"], "reject", {"note": "Không bổ sung"}),
    ],
)
async def test_a_reverted_action_leaves_everything_as_it_was(officer, colleague, extract, published, way, action, more):
    with frozen_at(MONDAY):
        for step in way:
            await done(officer, extract, step)
        before = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()
    with frozen_at(datetime.fromisoformat("2026-11-23T10:00:00+07:00")):
        taken = await act(officer, extract, action, **more)
        reverted = await act(colleague, extract, "revert", **NOTE)
        after = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()

    assert (taken.status_code, reverted.status_code) == (200, 200), (taken.text, reverted.text)
    assert counted(reverted.json()) == counted(after) == counted(before)
    assert (after["supplement_requests"], after["extensions"]) == (before["supplement_requests"], before["extensions"])
    last = after["history"][-1]
    assert (last["action"], last["after"], last["note"]) == ("revert", before["status"], NOTE["note"])
    newest = (await published(DossierChanged, DossierCompleted))[-1]
    assert (newest.status, newest.finished_at, newest.is_on_time) == (before["status"], None, None)


async def test_the_clock_goes_on_after_a_reverted_supplement_request(binh, officer, colleague, extract):
    with frozen_at(MONDAY):
        promised = (await done(officer, extract, "accept"))["due_at"]
        await done(officer, extract, "request_supplement")
        await act(colleague, extract, "revert", **NOTE)
        await done(officer, extract, "request_supplement")
    with frozen_at(datetime.fromisoformat("2026-11-25T09:00:00+07:00")):
        back = (await act(binh, extract, "supplement")).json()

    assert promised == "2026-11-23T17:00:00+07:00"
    assert back["due_at"] == "2026-11-25T17:00:00+07:00"  # a same-day case starts anew with its supplement, once


async def test_who_took_the_action_cannot_take_it_back(officer, extract):
    await done(officer, extract, "accept")

    refused = await act(officer, extract, "revert", **NOTE)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/maker-is-checker")


async def test_a_revert_needs_a_reason(officer, colleague, extract):
    await done(officer, extract, "accept")

    assert (await act(colleague, extract, "revert")).json()["errors"][0]["pointer"] == "/note"


async def test_only_officers_of_the_unit_take_back(binh, calling, officer, extract):
    await done(officer, extract, "accept")
    foreign = calling("officer", unit_code="15061", subject="officer-9")

    assert (await act(binh, extract, "revert", **NOTE)).status_code == 403
    assert (await act(foreign, extract, "revert", **NOTE)).status_code == 404


async def test_what_the_applicant_did_is_not_taken_back(binh, colleague, extract):
    submitted = await act(colleague, extract, "revert", **NOTE)
    await act(binh, extract, "withdraw")
    withdrawn = await act(colleague, extract, "revert", **NOTE)

    for answer in (submitted, withdrawn):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-action")


async def test_a_registered_death_is_taken_back_in_the_registry(officer, colleague, world, death, published):
    await done(officer, death, "accept", "approve")
    reverted = await act(colleague, death, "revert", **NOTE)
    await done(officer, death, "approve")

    assert reverted.json()["status"] == "accepted"
    assert len(await published(DeathRegistered)) == 2
    [revoked] = await published(DeathRevoked)
    assert (revoked.resident_id, revoked.deceased_on.isoformat()) == (world.lan, "2026-11-18")


async def test_a_returned_result_is_revoked_with_its_approval(binh, officer, colleague, world, death, published):
    path = f"/v1/dossiers/{death['id']}"
    await done(officer, death, "accept", "approve")
    issued = (await officer.post(f"{path}/results", files={"file": ("r.pdf", PDF)})).json()
    await done(officer, death, "return_result")

    too_late = await act(colleague, death, "revert", **NOTE)
    own = await act(officer, death, "revoke_result", **NOTE)
    revoked = (await act(colleague, death, "revoke_result", **NOTE)).json()
    assert too_late.json()["legal"] == ["revoke_result"]

    assert (too_late.status_code, own.status_code) == (409, 409)
    assert (revoked["status"], revoked["finished_at"], revoked["is_on_time"]) == ("accepted", None, None)
    assert [event.resident_id for event in await published(DeathRevoked)] == [world.lan]
    seen = (await binh.get(path)).json()
    assert (seen["returned_at"], seen["results"][0]["revoked_at"] is None) == (None, False)
    assert (await binh.get(f"{path}/results/{issued['id']}")).status_code == 404
    assert (await officer.get(f"{path}/results/{issued['id']}")).status_code == 200
    assert (await act(colleague, death, "revoke_result", **NOTE)).status_code == 409


async def test_two_officers_who_revert_at_once_go_back_one_step(calling, officer, colleague, extract):
    third = calling("officer", unit_code="15724", subject="officer-3")
    await done(officer, extract, "accept", "approve")

    answers = await asyncio.gather(*(act(client, extract, "revert", **NOTE) for client in (colleague, third)))
    after = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()
    version = (await officer.get(f"/v1/dossiers/{extract['id']}")).headers["etag"]
    further = await act(colleague, extract, "revert", headers={"If-Match": version}, **NOTE)

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert after["status"] == "accepted"
    assert further.json()["status"] == "submitted"


def paid(world, dossier, amount=8_000):
    return BillPaid.model_validate(
        {
            "merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": dossier["id"],
            "bill_id": new_id(), "payment_id": new_id(), "amount": amount, "paid_at": MONDAY,
        }
    )  # fmt: skip


@pytest.mark.parametrize("is_paid_before", [True, False])
async def test_money_that_was_to_be_refunded_is_a_paid_fee_again(
    officer, colleague, extract, world, deliver, is_paid_before
):
    await done(officer, extract, "accept")
    if is_paid_before:
        await deliver(paid(world, extract))
    await done(officer, extract, "reject")
    if not is_paid_before:
        await deliver(paid(world, extract))
    rejected = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()

    reverted = (await act(colleague, extract, "revert", **NOTE)).json()

    assert (rejected["fee"]["status"], reverted["fee"]["status"]) == ("to_refund", "paid")


async def test_a_fee_that_is_asked_for_by_mistake_and_paid_all_the_same_is_to_be_refunded(
    binh, officer, colleague, world, deliver
):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "1.004873", "resident_id": str(world.binh)})
    ).json()
    typed = {"marital_state": "never_married", "certificate_purpose": "other"}
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    await binh.post(f"/v1/dossiers/{opened['id']}/submit")
    await done(officer, opened, "accept")
    await act(officer, opened, "request_payment", amount=15_000)
    reverted = (await act(colleague, opened, "revert", **NOTE)).json()
    await deliver(paid(world, opened, 15_000))

    after = (await binh.get(f"/v1/dossiers/{opened['id']}")).json()

    assert (reverted["fee"]["status"], reverted["fee"]["amount"]) == ("cancelled", 0)
    assert (after["status"], after["fee"]["status"]) == ("accepted", "to_refund")
