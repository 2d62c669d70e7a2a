"""The bill of a dossier's fee follows what casework decides about it, and the way back."""

from datetime import UTC, date, datetime

import pytest

from chassis.ids import new_id
from contracts.casework import DossierFeeClosed, DossierFeeRequested, DossierSubmitted
from contracts.payments_qr import BillCancelled, BillPaid, FeeUncollectable, QrIssued

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
DOSSIER = new_id()


@pytest.fixture
def asked(world):
    def of(version, amount=8_000, **changes):
        fields = {
            "dossier_id": DOSSIER, "unit_id": world.commune, "unit_code": "15724",
            "dossier_code": "H56.15724-261121-0001", "amount": amount, "due_on": date(2099, 6, 30), "at": NOON,
            "version": version,
        }  # fmt: skip
        return DossierFeeRequested.model_validate(fields | changes)

    return of


@pytest.fixture
def closed(world):
    def of(version, reason="paid_at_counter"):
        fields = {"dossier_id": DOSSIER, "unit_id": world.commune, "unit_code": "15724", "at": NOON}
        return DossierFeeClosed.model_validate(fields | {"version": version, "reason": reason})

    return of


@pytest.fixture
async def counter(fee_merchant):
    return await fee_merchant()


@pytest.fixture
def the_bill(officer):
    async def find():
        [bill] = (await officer.get("/v1/bills")).json()["items"]
        return bill

    return find


@pytest.mark.parametrize(
    ("reason", "status"), [("paid_at_counter", "paid_at_counter"), ("waived", "cancelled"), ("ended", "cancelled")]
)
async def test_a_fee_that_is_settled_elsewhere_leaves_no_bill_open(
    officer, counter, asked, closed, the_bill, deliver, published, reason, status
):
    await deliver(asked(1))
    code_id = (await the_bill())["qr_code_id"]

    await deliver(closed(2, reason))

    bill = await the_bill()
    assert (bill["status"], bill["remaining"], bill["paid_amount"]) == (status, 0, 0)
    assert (bill["paid_at"] is not None) == (reason == "paid_at_counter")
    assert (await officer.get(f"/v1/qr-codes/{code_id}")).json()["status"] == "revoked"
    assert [str(event.bill_id) for event in await published(BillCancelled)] == [bill["id"]]
    listed = (await officer.get("/v1/bills", params={"status": status})).json()["items"]
    assert [one["id"] for one in listed] == [bill["id"]]


@pytest.mark.parametrize("reason", ["paid_at_counter", "waived", "ended"])
async def test_a_fee_that_is_due_again_opens_the_same_bill_with_a_new_code(
    officer, counter, asked, closed, the_bill, deliver, partner_event, settled, published, reason
):
    await deliver(asked(1))
    first = await the_bill()
    await deliver(closed(2, reason), asked(3, due_on=date(2099, 7, 15)))

    again = await the_bill()
    code = (await officer.get(f"/v1/qr-codes/{again['qr_code_id']}")).json()
    assert (again["id"], again["status"], again["due_on"]) == (first["id"], "unpaid", "2099-07-15")
    assert (again["paid_at"], code["status"], code["amount"]) == (None, "active", 8_000)
    assert again["qr_code_id"] != first["qr_code_id"]
    assert [event.dossier_id for event in await published(QrIssued)] == [DOSSIER, DOSSIER]

    await deliver(partner_event("qr.payment_settled", settled(amount=8_000, reference=code["reference"])))
    [paid] = await published(BillPaid)
    assert (paid.dossier_id, (await the_bill())["status"]) == (DOSSIER, "paid")


async def test_another_amount_is_asked_for_by_the_same_bill(counter, asked, the_bill, deliver):
    await deliver(asked(1), asked(2), asked(3, amount=24_000))

    bill = await the_bill()
    assert (bill["status"], bill["amount"]) == ("unpaid", 24_000)


async def test_older_events_about_a_fee_change_nothing(counter, asked, closed, the_bill, deliver, published):
    await deliver(asked(1), closed(4, "waived"))
    await deliver(asked(3), asked(1), closed(2))

    assert (await the_bill())["status"] == "cancelled"
    assert len(await published(QrIssued)) == 1


async def test_a_request_that_comes_after_its_end_makes_no_bill(officer, counter, asked, closed, deliver, published):
    await deliver(closed(2, "ended"), asked(1))

    assert (await officer.get("/v1/bills")).json()["items"] == []
    assert await published(QrIssued) == []


async def test_a_fee_that_was_paid_online_meanwhile_stays_paid(
    officer, counter, asked, closed, the_bill, deliver, partner_event, settled, published
):
    await deliver(asked(1))
    code = (await officer.get(f"/v1/qr-codes/{(await the_bill())['qr_code_id']}")).json()
    await deliver(partner_event("qr.payment_settled", settled(amount=8_000, reference=code["reference"])))

    await deliver(closed(2), asked(3))

    assert ((await the_bill())["status"], len(await published(QrIssued))) == ("paid", 1)
    reversal = {
        "partner_reference": "RV1", "original_reference": "FT1", "amount": 8_000, "reversed_at": NOON.isoformat(),
    }  # fmt: skip
    await deliver(partner_event("qr.payment_reversed", reversal, webhook_id="r1"), closed(4))
    assert (await the_bill())["status"] == "paid_at_counter"


async def test_a_payment_that_comes_after_the_counter_waits_for_its_refund(
    officer, counter, asked, closed, the_bill, deliver, partner_event, settled, published
):
    await deliver(asked(1))
    code = (await officer.get(f"/v1/qr-codes/{(await the_bill())['qr_code_id']}")).json()

    await deliver(closed(2))
    await deliver(partner_event("qr.payment_settled", settled(amount=8_000, reference=code["reference"])))

    [payment] = (await officer.get("/v1/payments", headers={"X-Purpose": "payment"})).json()["items"]
    assert (payment["status"], payment["outcome"]) == ("unmatched", "closed_code")
    assert await published(BillPaid) == []


async def test_a_fee_that_is_due_again_goes_to_the_merchant_that_is_named_now(
    officer, second_officer, activated, counter, asked, closed, the_bill, deliver, published
):
    await deliver(asked(1), closed(2))
    new = await activated(category="public_service", name="Một cửa mới", market=None, counter="2")
    for client in (officer, second_officer):
        await client.put("/v1/units/15724/fee-merchant", json={"merchant_id": new["id"]})

    await deliver(asked(3))
    assert (await the_bill())["merchant_id"] == new["id"]

    await officer.delete("/v1/units/15724/fee-merchant")
    await deliver(asked(4, amount=9_000))
    assert (await the_bill())["status"] == "cancelled"
    assert [event.reason for event in await published(FeeUncollectable)] == ["no-public-service-merchant"]


async def test_the_bill_of_a_fee_is_decided_on_in_the_dossier_only(officer, counter, asked, the_bill, deliver):
    await deliver(asked(1))
    path = f"/v1/bills/{(await the_bill())['id']}"

    refused = [await officer.delete(path), await officer.post(f"{path}/write-off", json={"reason": "Hộ nghèo"})]

    assert [answer.json()["type"] for answer in refused] == ["/problems/fee-of-dossier"] * 2
    assert (await the_bill())["status"] == "unpaid"


async def test_the_applicant_is_known_though_the_request_came_first(world, counter, owner, asked, the_bill, deliver):
    await deliver(
        asked(2),
        DossierSubmitted(
            dossier_id=DOSSIER, version=1, unit_id=world.village, unit_code="15727-01", procedure_code="2.000635",
            status="submitted", national_status=1, channel=2, origin="here", at=NOON, resident_id=world.resident,
        ),
    )  # fmt: skip

    [mine] = (await owner.get("/v1/bills")).json()["items"]
    assert mine["dossier_id"] == str(DOSSIER)
