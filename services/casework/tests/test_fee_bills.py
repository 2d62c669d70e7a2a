"""payments-qr is informed of every change of a fee, so that no bill stays open for a fee that is not owed."""

import pytest

from chassis.clock import now
from chassis.ids import new_id
from contracts.casework import DossierFeeClosed, DossierFeePaid, DossierFeeRequested
from contracts.payments_qr import BillPaid, PaymentReversed, QrIssued


@pytest.fixture
def colleague(calling):
    client = calling("officer", unit_code="15724", subject="officer-2")
    client.headers["X-Purpose"] = "dossier"
    return client


@pytest.fixture
async def extract(binh, world, deliver):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    submitted = (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()
    here = {"merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": submitted["id"]}
    code = {"qr_code_id": new_id(), "category": "public_service", "kind": "dynamic", "at": now(), "amount": 8_000}
    await deliver(QrIssued.model_validate(here | code))
    return submitted


@pytest.fixture
def money(extract, world, deliver):
    """`await money(BillPaid)` and `await money(PaymentReversed)` are the events of payments-qr about this fee."""
    payment_id = new_id()

    async def move(kind):
        here = {"merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": extract["id"]}
        more = {
            "bill_id": new_id(), "payment_id": payment_id, "amount": 8_000, "paid_at": now(), "reversed_at": now(),
            "category": "public_service", "business_day": now().date(), "partner_id": "demo-bank",
        }  # fmt: skip
        await deliver(kind.model_validate(here | more))

    return move


async def act(client, dossier, action, **more):
    answer = await client.post(f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def settle(client, dossier, way):
    body = {"way": way, "note": "Biên lai số 12"}
    answer = await client.post(f"/v1/dossiers/{dossier['id']}/fee-settlements", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("way", "reason"), [("record_fee", "paid_at_counter"), ("waive_fee", "waived")])
async def test_a_fee_at_the_counter_closes_its_bill_and_the_way_back_opens_it(
    officer, colleague, extract, published, way, reason
):
    await act(officer, extract, "accept")
    settled = await settle(officer, extract, way)
    reverted = await act(colleague, extract, "revert", note="Nhầm hồ sơ")

    [closed] = await published(DossierFeeClosed)
    first, again = await published(DossierFeeRequested)
    assert (str(closed.dossier_id), closed.reason, closed.unit_code) == (extract["id"], reason, "15724")
    assert (again.amount, first.amount) == (8_000, 8_000)
    assert first.version < closed.version < again.version
    assert (settled["qr_code_id"], reverted["fee"]["status"]) == (None, "requested")


@pytest.mark.parametrize(
    ("steps", "action"), [([], "refuse"), ([], "withdraw"), (["accept"], "reject"), (["request_supplement"], "refuse")]
)
async def test_a_dossier_that_ends_without_a_result_owes_nothing_more(
    officer, colleague, extract, published, steps, action
):
    for step in (*steps, action):
        await act(officer, extract, step, note="Không đủ điều kiện")
    assert [event.reason for event in await published(DossierFeeClosed)] == ["ended"]

    reverted = await act(colleague, extract, "revert", note="Nhầm hồ sơ")

    assert reverted["fee"]["status"] == "requested"
    assert [event.amount for event in await published(DossierFeeRequested)] == [8_000, 8_000]


async def test_another_amount_that_was_taken_back_is_asked_for_as_before(officer, colleague, extract, published):
    await act(officer, extract, "accept")
    await act(officer, extract, "request_payment", amount=24_000)
    await act(colleague, extract, "revert", note="Nhầm số tiền")

    assert [event.amount for event in await published(DossierFeeRequested)] == [8_000, 24_000, 8_000]
    assert await published(DossierFeeClosed) == []


async def test_a_fee_that_is_paid_online_is_closed_by_its_payment(officer, extract, money, published):
    await act(officer, extract, "accept")
    await money(BillPaid)
    await act(officer, extract, "approve")

    assert await published(DossierFeeClosed) == []


async def test_money_that_came_twice_is_shown_and_counts_when_the_counter_was_wrong(
    officer, colleague, extract, money, published
):
    await act(officer, extract, "accept")
    await settle(officer, extract, "record_fee")
    await money(BillPaid)
    twice = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]
    reverted = await act(colleague, extract, "revert", note="Chưa thu đồng nào")

    assert (twice["status"], twice["settled_by"], twice["paid_twice"]) == ("paid", "record_fee", True)
    fee = reverted["fee"]
    assert (fee["status"], fee["settled_by"], fee["paid_twice"]) == ("paid", None, False)
    assert fee["paid_at"] is not None
    assert len(await published(DossierFeeRequested)) == 1  # it is not asked for again
    assert [event.flagged for event in await published(DossierFeePaid)] == [True]


async def test_a_second_payment_that_was_given_back_leaves_its_bill_closed(officer, extract, money, published):
    await act(officer, extract, "accept")
    await settle(officer, extract, "waive_fee")
    await money(BillPaid)
    await money(PaymentReversed)

    fee = (await officer.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]
    assert (fee["status"], fee["paid_twice"]) == ("waived", False)
    assert [event.reason for event in await published(DossierFeeClosed)] == ["waived", "waived"]


async def test_a_fee_given_back_after_a_withdrawal_leaves_its_bill_closed(binh, extract, money, published):
    await money(BillPaid)
    await act(binh, extract, "withdraw")
    await money(PaymentReversed)

    fee = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]
    assert fee["status"] == "cancelled"
    assert [event.reason for event in await published(DossierFeeClosed)] == ["ended"]


async def test_a_payment_that_was_due_is_behind_the_dossier_once_it_came_twice(officer, colleague, extract, money):
    await act(officer, extract, "accept")
    await act(officer, extract, "request_payment")
    await settle(officer, extract, "record_fee")
    await money(BillPaid)

    assert (await act(colleague, extract, "revert", note="Chưa thu"))["status"] == "processing"
