"""One payment for several months: by the customer's code and the exact sum of the oldest open bills, and never by a guess."""

from datetime import UTC, datetime

import pytest

from contracts.payments_qr import BillPaid, PaymentRefunded, PaymentReversed, PaymentSettled
from payments_qr.model.bill_choice import BillChoice, DueBill, choose_bills, months_in

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
CODE = "PA25TS0012346"
ACCOUNT = {"bin": "970405", "account_no": "3500205123456"}


@pytest.mark.parametrize(
    ("memo", "months"),
    [
        (f"{CODE} thanh toan T9 T10", {9, 10}),
        ("tien dien thang 9, 10 va 11", {9, 10}),
        ("Tháng 9/2026", {9}),
        ("T09-T11", {9, 11}),
        ("MBVCB.3278907687.tien dien T6.CT tu 0011", {6}),
        ("th 12+1", {12, 1}),
        ("PA25TS0012346 tien dien", set()),
        ("T13 T0 TS12 CT9", set()),
    ],
)
def test_the_months_that_a_memo_names(memo, months):
    assert months_in(memo) == months


def due(*amounts, first=8):
    return [DueBill(f"2026-{first + number:02d}", amount) for number, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("bills", "amount", "months", "positions", "ambiguous"),
    [
        (due(100, 200, 300), 300, {8, 9}, (0, 1), False),  # both readings fit, the months decide
        (due(100, 200, 300), 300, {10}, (2,), False),
        (due(100, 200, 300), 300, (), (), True),
        (due(100, 200, 300), 300, {9}, (), True),
        (due(100, 200, 300), 600, (), (0, 1, 2), False),
        (due(100, 200, 300), 600, {10}, (0, 1, 2), False),  # "den het T10"
        (due(100, 200, 300), 500, {9, 10}, (), False),  # not the oldest
        (due(100, 100, 100), 200, {9, 10}, (), False),  # the months that are named are not the oldest
        (due(100, 100, 100), 200, (), (0, 1), False),
        (due(100, 100), 100, {9}, (1,), False),
        (due(100, 100), 100, {5}, (0,), False),
        (due(100, 300), 300, {8, 9}, (), True),  # two months named, the amount of one
        (due(100), 200, (), (), False),
        ([], 200, (), (), False),
    ],
)
def test_what_a_payment_pays(bills, amount, months, positions, ambiguous):
    assert choose_bills(bills, amount, months) == BillChoice(positions, ambiguous)


@pytest.fixture
async def point(activated):
    return await activated(category="electricity", name="Điện lực", market=None)


@pytest.fixture
async def bills(officer, point):
    """Bills of August to October: 90,000, 100,000 and 120,000 VND."""
    made = []
    for month, amount in ((8, 90_000), (9, 100_000), (10, 120_000)):
        body = {"merchant_id": point["id"], "customer_code": CODE, "period": f"2026-{month:02d}", "amount": amount}
        made.append((await officer.post("/v1/bills", json=body | {"due_on": f"2099-{month:02d}-28"})).json())
    return made


@pytest.fixture
def pay(deliver, partner_event, settled, bills):
    async def report(amount, memo=f"{CODE} thanh toan T8 T9", number=1):
        data = settled(reference=memo, amount=amount, partner_reference=f"FT{number}", **ACCOUNT)
        await deliver(partner_event("qr.payment_settled", data, webhook_id=f"m{number}"))

    return report


@pytest.fixture
def give_back(deliver, partner_event):
    async def report(amount, number=1):
        data = {
            "partner_reference": f"RV{number}", "original_reference": "FT1", "amount": amount,
            "reversed_at": NOON.isoformat(),
        }  # fmt: skip
        await deliver(partner_event("qr.payment_reversed", data, webhook_id=f"r{number}"))

    return report


@pytest.fixture
def standing(officer):
    """Status, paid and refunded amount of every bill, the oldest first; equal to the sums of their movements."""

    async def look():
        rows = (await officer.get("/v1/bills", headers=PURPOSE)).json()["items"]
        for row in rows:
            movements = (await officer.get(f"/v1/bills/{row['id']}/movements", headers=PURPOSE)).json()["items"]
            assert sum(one["amount"] for one in movements) == row["paid_amount"]
        return [(row["status"], row["paid_amount"], row["refunded_amount"]) for row in rows]

    return look


@pytest.fixture
def only_payment(officer):
    async def find():
        [payment] = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
        return payment

    return find


async def test_the_sum_of_the_oldest_bills_pays_all_of_them(
    officer, owner, world, point, bills, pay, standing, only_payment, published
):
    await officer.post(
        f"/v1/residents/{world.resident}/utility-accounts", json={"merchant_id": point["id"], "customer_code": CODE}
    )
    await pay(190_000)

    payment = await only_payment()
    assert (payment["status"], payment["outcome"], payment["bill_id"]) == ("settled", "several_bills", bills[0]["id"])
    assert await standing() == [("paid", 90_000, 0), ("paid", 100_000, 0), ("unpaid", 0, 0)]
    assert [str(event.bill_id) for event in await published(BillPaid)] == [bill["id"] for bill in bills[:2]]
    assert len(await published(PaymentSettled)) == 1
    codes = [(await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()["status"] for bill in bills]
    assert codes == ["paid", "paid", "active"]
    moved = (await officer.get(f"/v1/payments/{payment['id']}/movements", headers=PURPOSE)).json()["items"]
    assert [(one["kind"], one["amount"]) for one in moved] == [
        ("settled", 190_000), ("allocated", 90_000), ("allocated", 100_000),
    ]  # fmt: skip
    totals = (await officer.get("/v1/payments/merchant-totals", params={"unit_code": "15724"})).json()["items"]
    assert [(one["count"], one["amount"]) for one in totals] == [(1, 190_000)]
    receipt = (await owner.get(f"/v1/payments/{payment['id']}/receipt")).json()
    assert (receipt["period"], receipt["periods"], receipt["amount"]) == ("2026-08", ["2026-08", "2026-09"], 190_000)
    assert (await owner.get(f"/v1/payments/{payment['id']}/receipt.pdf")).status_code == 200


async def test_it_is_given_back_in_parts_from_the_newest_bill_and_whole_from_all(
    officer, pay, give_back, standing, published
):
    await pay(190_000)
    await give_back(110_000, 1)
    assert await standing() == [("paid", 80_000, 10_000), ("paid", 0, 100_000), ("unpaid", 0, 0)]

    await give_back(80_000, 2)
    assert await standing() == [("unpaid", 0, 0), ("unpaid", 0, 0), ("unpaid", 0, 0)]
    assert [event.refunded_amount for event in await published(PaymentRefunded)] == [110_000]
    assert len(await published(PaymentReversed)) == 1

    await pay(190_000, number=2)
    assert (await standing())[:2] == [("paid", 90_000, 0), ("paid", 100_000, 0)]


async def test_a_part_that_was_given_back_first_is_taken_from_the_newest_bill(pay, give_back, standing):
    await give_back(10_000)
    await pay(190_000)

    assert (await standing())[:2] == [("paid", 90_000, 0), ("paid", 90_000, 10_000)]


@pytest.mark.parametrize(
    ("memo", "amount", "outcome"),
    [
        (f"{CODE} thanh toan T9 T10", 220_000, "too_much"),  # not the oldest
        (f"{CODE} thanh toan T9 T10", 190_000, "too_much"),  # the sum of other months
        (f"{CODE} tien dien", 200_000, "too_much"),
        ("tien dien T8 T9", 190_000, "unknown_reference"),  # no customer is named
    ],
)
async def test_what_does_not_fit_waits_with_the_customers_bills_as_candidates(
    officer, bills, pay, standing, only_payment, memo, amount, outcome
):
    await pay(amount, memo)

    payment = await only_payment()
    assert (payment["status"], payment["outcome"]) == ("unmatched", outcome)
    assert await standing() == [("unpaid", 0, 0)] * 3
    path = f"/v1/payments/{payment['id']}"
    found = (await officer.get(f"{path}/suggestions", headers=PURPOSE)).json()["items"]
    candidates = [one["bill_id"] for one in found if one["why"] == "customer"]
    assert candidates == ([bill["id"] for bill in bills] if CODE in memo else [])
    assert {one["period"] for one in found if one["why"] == "customer"} <= {"2026-08", "2026-09", "2026-10"}


async def test_an_officer_decides_which_bills_a_payment_pays(officer, bills, pay, give_back, standing, only_payment):
    await pay(220_000, f"{CODE} thanh toan T9 T10")
    path = f"/v1/payments/{(await only_payment())['id']}/resolve"
    body = {"action": "accept", "note": "Khách xác nhận tháng 9 và 10"}

    async def resolve(numbers, **more):
        return await officer.post(path, json=body | {"bill_ids": [bills[number]["id"] for number in numbers]} | more)

    assert (await resolve([0, 1])).json()["errors"][0]["code"] == "other-sum"
    assert (await resolve([1, 2], qr_code_id=bills[1]["qr_code_id"])).status_code == 422
    accepted = await resolve([2, 1])

    assert (accepted.json()["status"], accepted.json()["outcome"]) == ("settled", "accepted")
    assert await standing() == [("unpaid", 0, 0), ("paid", 100_000, 0), ("paid", 120_000, 0)]
    assert (await resolve([0])).status_code == 409
    await give_back(220_000)
    assert await standing() == [("unpaid", 0, 0)] * 3


async def test_bills_of_two_merchants_are_not_paid_by_one_payment(officer, activated, bills, pay, only_payment):
    account = {"bin": "970436", "account_no": "0011001234567", "account_name": "CAP NUOC"}
    water = await activated(category="water", name="Cấp nước", market=None, settlement=account)
    body = {"merchant_id": water["id"], "customer_code": CODE, "period": "2026-08", "amount": 10_000}
    other = (await officer.post("/v1/bills", json=body | {"due_on": "2099-08-28"})).json()
    await pay(100_000 + 10_000)

    answer = await officer.post(
        f"/v1/payments/{(await only_payment())['id']}/resolve",
        json={"action": "accept", "note": "x", "bill_ids": [bills[1]["id"], other["id"]]},
    )

    assert [error["code"] for error in answer.json()["errors"]] == ["other-merchant"]
