"""Utility bills paid by a point's static code with the customer's code in the memo; reminders before and after the due date."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.clock import today
from contracts.payments_qr import BillPaid, BillReminded
from payments_qr.commands.reminders import remind_of_bills
from payments_qr.model import Bill
from payments_qr.model.reference_codes import customer_codes_in

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
CODE = "PA25TS0012346"


@pytest.fixture
async def point(activated):
    return await activated(category="electricity", name="Điện lực", market=None)


@pytest.fixture
def new_bill(officer, point):
    async def issue(customer_code=CODE, amount=185_000, period="2026-06", due_on="2099-06-30"):
        body = {"merchant_id": point["id"], "customer_code": customer_code, "period": period, "amount": amount}
        answer = await officer.post("/v1/bills", json=body | {"due_on": due_on})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return issue


@pytest.fixture
def pay(deliver, partner_event, settled, point):
    async def report(memo, amount=185_000, number=1, **changes):
        by_account = {"bin": "970405", "account_no": "3500205123456"} | changes
        data = settled(reference=memo, amount=amount, partner_reference=f"FT{number}", **by_account)
        await deliver(partner_event("qr.payment_settled", data, webhook_id=f"m{number}"))

    return report


@pytest.mark.parametrize(
    "memo",
    [
        "PA25TS0012346 thanh toan tien dien",
        "MBVCB.3278907687.pa25ts0012346 tien dien T6.CT tu 0011",
        "thanh toán tiền điện, mã KH: PA25TS0012346.",
        "PA25TS0012346",
    ],
)
async def test_a_memo_with_the_customers_code_pays_the_bill_of_that_amount(officer, new_bill, pay, published, memo):
    await new_bill(amount=90_000, period="2026-05")
    bill = await new_bill()

    await pay(memo)

    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    assert (payment["status"], payment["outcome"], payment["bill_id"]) == ("settled", "customer_code", bill["id"])
    assert (await officer.get(f"/v1/bills/{bill['id']}")).json()["status"] == "paid"
    code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()
    assert code["status"] == "paid"
    assert [str(event.bill_id) for event in await published(BillPaid)] == [bill["id"]]


async def test_another_amount_waits_with_the_bill_named_and_a_second_payment_is_paid_twice(officer, new_bill, pay):
    bill = await new_bill()

    await pay(f"{CODE} tien dien", amount=100_000, number=1)
    await pay(f"{CODE} tien dien", number=2)
    await pay(f"{CODE} tien dien", number=3)

    rows = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    outcomes = {row["partner_reference"]: (row["outcome"], row["status"], row["bill_id"]) for row in rows}
    assert outcomes == {
        "FT1": ("partial", "unmatched", bill["id"]),
        "FT2": ("customer_code", "settled", bill["id"]),
        "FT3": ("paid_twice", "unmatched", bill["id"]),
    }


async def test_two_months_of_one_amount_are_paid_the_oldest_first(officer, new_bill, pay):
    later = await new_bill(period="2026-06", due_on="2099-06-30")
    earlier = await new_bill(period="2026-05", due_on="2099-05-31")

    await pay(f"{CODE} tien dien")

    states = {one["id"]: one["status"] for one in (await officer.get("/v1/bills")).json()["items"]}
    assert states == {earlier["id"]: "paid", later["id"]: "unpaid"}


async def test_the_code_of_another_points_customer_pays_nothing(officer, activated, new_bill, pay):
    account = {"bin": "970436", "account_no": "0011001234567", "account_name": "CAP NUOC"}
    await activated(category="water", name="Cấp nước", market=None, settlement=account)
    await new_bill()

    await pay(f"{CODE} tien nuoc", bin="970436", account_no="0011001234567")

    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    assert (payment["outcome"], payment["bill_id"]) == ("unknown_reference", None)


def test_words_of_a_memo_that_may_be_customer_codes() -> None:
    assert customer_codes_in("MBVCB.3278.PA25TS0012346 tien dien") == [
        "MBVCB.3278.PA25TS0012346", "MBVCB3278PA25TS0012346", "3278", "PA25TS0012346",
    ]  # fmt: skip
    assert customer_codes_in("tien dien thang sau") == []


async def test_reminders_come_before_on_and_after_the_due_date_once_each(
    database, officer, owner, world, point, new_bill, published
):
    linked = {"merchant_id": point["id"], "customer_code": CODE}
    assert (await officer.post(f"/v1/residents/{world.resident}/utility-accounts", json=linked)).status_code == 201
    days = {-40: 0, -4: 1, 0: 1, 3: 1, 4: 0, 10: 0}
    bills = {}
    for number, left in enumerate(days, 1):
        due_on = (today() + timedelta(days=left)).isoformat()
        bills[left] = await new_bill(period=f"2026-{number:02d}", due_on=due_on)
    stranger = await new_bill(customer_code="PD00000000001", due_on=today().isoformat())
    async with database.transaction() as session:
        for bill in (*bills.values(), stranger):
            (await session.get_one(Bill, bill["id"])).issued_at = NOON

    assert await remind_of_bills(database) == 3
    assert await remind_of_bills(database) == 0

    events = {str(event.bill_id): event for event in await published(BillReminded)}
    assert {left: int(bills[left]["id"] in events) for left in days} == days
    assert {event.days_left for event in events.values()} == {-4, 0, 3}
    assert {tuple(event.resident_ids) for event in events.values()} == {(world.resident,)}
    async with database.transaction() as session:
        bill = await session.get_one(Bill, bills[3]["id"])
        bill.due_on = today()
    assert await remind_of_bills(database) == 1


async def test_a_resident_sees_their_own_payments_and_a_receipt(
    officer, owner, calling, world, point, new_bill, pay, activated
):
    linked = {"merchant_id": point["id"], "customer_code": CODE}
    await officer.post(f"/v1/residents/{world.resident}/utility-accounts", json=linked)
    await new_bill()
    await new_bill(customer_code="PD00000000001", amount=1_000)
    await pay(f"{CODE} tien dien")
    await pay("PD00000000001", amount=1_000, number=2)

    [payment] = (await owner.get("/v1/payments")).json()["items"]
    receipt = (await owner.get(f"/v1/payments/{payment['id']}/receipt")).json()
    printed = await owner.get(f"/v1/payments/{payment['id']}/receipt.pdf")

    assert payment["amount"] == 185_000
    assert {name: receipt[name] for name in ("amount", "merchant_name", "customer_code", "period", "status")} == {
        "amount": 185_000, "merchant_name": "Điện lực", "customer_code": CODE, "period": "2026-06", "status": "settled",
    }  # fmt: skip
    assert (printed.headers["content-type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    stranger = calling("resident", resident_id=world.village, subject="stranger")
    assert (await stranger.get("/v1/payments")).json()["items"] == []
    assert (await stranger.get(f"/v1/payments/{payment['id']}/receipt")).status_code == 404
    assert (
        await owner.post(f"/v1/payments/{payment['id']}/resolve", json={"action": "dismiss", "note": "x"})
    ).status_code in (403, 404)
