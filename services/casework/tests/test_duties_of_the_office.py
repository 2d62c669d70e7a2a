"""What an office owes an applicant: a reason, a promise kept within the rules, a result that is there, and a notice."""

from datetime import datetime

import pytest

from chassis.clock import frozen_at
from chassis.ids import new_id
from contracts.casework import (
    DossierCompleted,
    DossierDraftResultSent,
    DossierExtended,
    DossierFeeDue,
    DossierFeePaid,
    DossierRefused,
    DossierResultReady,
    DossierSupplementRequested,
)
from contracts.payments_qr import BillPaid

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
NOTICES = (
    DossierSupplementRequested, DossierDraftResultSent, DossierRefused, DossierExtended, DossierFeeDue,
    DossierResultReady,
)  # fmt: skip


@pytest.fixture
def colleague(calling):
    client = calling("officer", unit_code="15724", subject="officer-2")
    client.headers["X-Purpose"] = "dossier"
    return client


@pytest.fixture
async def extract(binh, world):
    with frozen_at(MONDAY):
        opened = (
            await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
        ).json()
        await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
        return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def act(client, dossier, action, **more):
    return await client.post(f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more})


async def issue(client, dossier, **data):
    return await client.post(f"/v1/dossiers/{dossier['id']}/results", files={"file": ("r.pdf", PDF)}, data=data)


async def settle(client, dossier, way="record_fee", note="Biên lai số 12"):
    return await client.post(f"/v1/dossiers/{dossier['id']}/fee-settlements", json={"way": way, "note": note})


def at(text):
    return datetime.fromisoformat(f"{text}:00+07:00")


def problem(answer):
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@pytest.mark.parametrize("note", [None, "", "   "])
async def test_refusal_supplement_stop_and_apology_need_a_reason(officer, extract, note):
    reason = {} if note is None else {"note": note}
    with frozen_at(MONDAY):
        before_receipt = [await act(officer, extract, name, **reason) for name in ("refuse", "request_supplement")]
        await act(officer, extract, "accept")
        after = [
            await act(officer, extract, name, **more, **reason)
            for name, more in (("reject", {}), ("request_supplement", {}), ("extend", {"due_on": "2026-11-25"}))
        ]
        seen = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()

    for answer in before_receipt + after:
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/note"
    assert [step["action"] for step in seen["history"]] == ["submit", "accept"]


async def test_a_result_is_returned_only_when_its_fee_is_settled_and_its_file_is_there(officer, extract):
    await act(officer, extract, "accept")
    await act(officer, extract, "approve")

    unpaid = await act(officer, extract, "return_result")
    await settle(officer, extract)
    no_file = await act(officer, extract, "return_result")
    await issue(officer, extract, is_draft="false")
    returned = await act(officer, extract, "return_result")

    assert problem(unpaid) == (409, "fee-not-settled")
    assert problem(no_file) == (409, "result-missing")
    assert returned.json()["status"] == "returned"


async def test_a_result_on_paper_is_returned_by_a_recorded_hand_over(binh, officer, extract):
    await act(officer, extract, "accept")
    await act(officer, extract, "approve")
    await settle(officer, extract, "waive_fee", "Hộ nghèo, sổ số 5")

    returned = await act(officer, extract, "return_result", hand_over="in_person", note="Ký nhận tại quầy")
    elsewhere = await act(officer, extract, "approve", hand_over="post")

    seen = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()
    assert (returned.json()["status"], seen["hand_over"]) == ("returned", "in_person")
    assert (seen["fee"]["status"], seen["fee"]["settled_by"]) == ("waived", "waive_fee")
    assert elsewhere.status_code == 422


async def test_the_final_file_that_was_revoked_is_no_result(officer, colleague, extract):
    await act(officer, extract, "accept")
    await act(officer, extract, "approve")
    await settle(officer, extract)
    await issue(officer, extract)
    await act(officer, extract, "return_result")
    revoked = await act(colleague, extract, "revoke_result", note="Sai họ tên")
    await act(officer, extract, "approve")

    assert (revoked.json()["status"], revoked.json()["fee"]["status"]) == ("accepted", "paid")
    assert problem(await act(officer, extract, "return_result")) == (409, "result-missing")


async def test_a_fee_taken_at_the_counter_is_not_an_online_payment_and_is_reverted_by_a_colleague(
    binh, officer, colleague, world, extract, deliver, published
):
    await act(officer, extract, "accept")
    recorded = await settle(officer, extract)
    again = await settle(officer, extract)
    own = await act(officer, extract, "revert", note="Nhầm hồ sơ")
    reverted = await act(colleague, extract, "revert", note="Nhầm hồ sơ")
    await settle(colleague, extract)
    bill = {
        "merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": extract["id"],
        "bill_id": new_id(), "payment_id": new_id(), "amount": 8_000, "paid_at": MONDAY,
    }  # fmt: skip
    await deliver(BillPaid.model_validate(bill))

    fee = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]
    assert (recorded.json()["fee"]["status"], recorded.json()["fee"]["settled_by"]) == ("paid", "record_fee")
    assert problem(again) == (409, "fee-not-due")
    assert problem(own) == (409, "maker-is-checker")
    assert (reverted.json()["status"], reverted.json()["fee"]["status"]) == ("accepted", "requested")
    assert fee["status"] == "paid"
    assert [event.flagged for event in await published(DossierFeePaid)] == [True]  # paid a second time: to be refunded
    assert (await binh.get(f"/v1/dossiers/{extract['id']}/receipt.pdf")).status_code == 200


async def test_only_officers_of_the_deciding_unit_settle_a_fee(binh, calling, extract):
    foreign = calling("officer", unit_code="15061", subject="officer-9")

    assert (await settle(binh, extract)).status_code == 403
    assert (await settle(foreign, extract)).status_code == 404


async def test_an_apology_moves_the_date_within_the_rules_of_the_procedure(officer, extract, calling):
    rules = (await calling().get("/v1/procedures/2.000635")).json()["extension"]
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
        same_day = await act(officer, extract, "extend", due_on="2026-11-23", note="Xin lỗi")
        holiday = await act(officer, extract, "extend", due_on="2026-11-24", note="Xin lỗi")
        too_late = await act(officer, extract, "extend", due_on="2026-11-27", note="Xin lỗi")
        moved = await act(officer, extract, "extend", due_on="2026-11-26", note="Xin lỗi")

    assert rules["working_days"] == 2  # Wednesday and Thursday: the 24th is a holiday
    for answer, code in ((same_day, "not-later"), (holiday, "not-later"), (too_late, "too-late")):
        assert [error["code"] for error in answer.json()["errors"]] == [code]
    assert moved.status_code == 200


async def marital_status(binh, officer, world, **received):
    """A certificate that is due in three working days, or in 23 where something has to be verified; received on Monday."""
    with frozen_at(MONDAY):
        body = {"procedure_code": "1.004873", "resident_id": str(world.binh)}
        opened = (await binh.post("/v1/dossiers", json=body)).json()
        typed = {"marital_state": "never_married", "certificate_purpose": "other"}
        await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
        await binh.post(f"/v1/dossiers/{opened['id']}/submit")
        return opened, (await act(officer, opened, "accept", **received)).json()


async def wait_for_a_supplement(binh, officer, dossier, since, until):
    with frozen_at(at(since)):
        await act(officer, dossier, "request_supplement", note="Bổ sung lý do")
    with frozen_at(at(until)):
        return (await act(binh, dossier, "supplement")).json()


async def test_a_supplement_stops_the_longer_clock_of_a_verification_too(binh, officer, world):
    dossier, accepted = await marital_status(binh, officer, world, verification=True)
    back = await wait_for_a_supplement(binh, officer, dossier, "2026-11-26T09:00", "2026-12-03T09:00")

    assert (
        accepted["due_at"] == "2026-12-25T17:00:00+07:00"
    )  # 23 working days after Monday; the 24th of November is off
    assert back["due_at"] == "2027-01-04T17:00:00+07:00"  # five working days more; New Year is off


async def test_a_supplement_stops_the_clock_of_a_date_that_an_apology_moved(binh, officer, world):
    dossier, accepted = await marital_status(binh, officer, world)
    with frozen_at(at("2026-11-25T09:00")):
        moved = (await act(officer, dossier, "extend", due_on="2026-12-02", note="Thiếu cán bộ")).json()
    back = await wait_for_a_supplement(binh, officer, dossier, "2026-11-26T09:00", "2026-12-03T09:00")

    assert (accepted["due_at"][:10], moved["due_at"][:10]) == ("2026-11-27", "2026-12-02")
    assert back["due_at"] == "2026-12-09T17:00:00+07:00"


async def test_a_verification_that_would_change_nothing_is_refused(officer, extract):
    refused = await act(officer, extract, "accept", verification=True)

    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/verification", "no-longer-limit")]


async def test_a_late_office_apologises_with_a_date_that_is_not_over(officer, extract):
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
    with frozen_at(datetime.fromisoformat("2026-11-26T09:00:00+07:00")):
        over = await act(officer, extract, "extend", due_on="2026-11-25", note="Xin lỗi")
        moved = await act(officer, extract, "extend", due_on="2026-11-30", note="Xin lỗi")

    assert [error["code"] for error in over.json()["errors"]] == ["too-late"]
    assert moved.json()["due_at"] == "2026-11-30T17:00:00+07:00"


async def test_a_dossier_that_was_extended_is_never_on_time(officer, extract, published):
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
        await act(officer, extract, "extend", due_on="2026-11-26", note="Mất điện cả ngày")
        approved = await act(officer, extract, "approve")

    assert approved.json()["is_on_time"] is False
    [completed] = await published(DossierCompleted)
    assert (completed.is_on_time, completed.extensions) == (False, 1)


async def test_an_apology_that_was_taken_back_leaves_the_dossier_on_time(officer, colleague, extract):
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
        await act(officer, extract, "extend", due_on="2026-11-26", note="Nhầm")
        await act(colleague, extract, "revert", note="Nhầm hồ sơ")
        approved = await act(officer, extract, "approve")

    assert approved.json()["is_on_time"] is True


async def test_silence_needs_a_draft_and_its_clock_starts_when_the_applicant_is_notified(officer, extract, published):
    with frozen_at(MONDAY):
        await act(officer, extract, "accept")
        without = await act(officer, extract, "send_draft_result")
        await issue(officer, extract, is_draft="true")
        sent = await act(officer, extract, "send_draft_result")

    assert problem(without) == (409, "no-draft-result")
    [notice] = await published(DossierDraftResultSent)
    assert notice.at == MONDAY
    assert notice.answer_by == at("2026-11-25T17:00")  # one working day after the telling; the 24th is off
    assert sent.json()["draft_result_until"] == "2026-11-25T17:00:00+07:00"


async def test_the_applicant_is_notified_of_everything_that_concerns_them(binh, officer, world, extract, published):
    with frozen_at(MONDAY):
        await act(officer, extract, "request_supplement", note="Thiếu năm sinh của bà Thử")
        await act(binh, extract, "supplement")
        await act(officer, extract, "accept")
        await act(officer, extract, "extend", due_on="2026-11-26", note="Mất điện")
        await act(officer, extract, "approve")
        unpaid = await published(DossierResultReady)
        await settle(officer, extract)

    notices = await published(*NOTICES)
    assert [event.type.split(".")[-2] for event in notices] == [
        "fee_due", "supplement_requested", "extended", "result_ready",
    ]  # fmt: skip
    assert unpaid == []  # a result whose fee is owed is not ready
    assert {event.resident_id for event in notices} == {world.binh}
    assert {event.dossier_code for event in notices} == {extract["code"]}
    due, asked, moved, ready = notices
    assert (due.amount, asked.supplement_requests, ready.result_delivery) == (8_000, 1, "electronic")
    assert (moved.previous_due_at, moved.due_at) == (at("2026-11-23T17:00"), at("2026-11-26T17:00"))
    assert not any("Thử" in event.model_dump_json() for event in notices)


@pytest.mark.parametrize(("way", "action", "status"), [([], "refuse", 3), (["accept"], "reject", 8)])
async def test_the_applicant_is_notified_of_a_refusal_and_of_a_stop(officer, extract, published, way, action, status):
    for step in way:
        await act(officer, extract, step)
    await act(officer, extract, action, note="Không đủ điều kiện")

    [notice] = await published(DossierRefused)
    assert notice.national_status == status
