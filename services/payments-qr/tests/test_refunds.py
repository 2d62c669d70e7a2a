"""Money as movements: payments, refunds in parts, whole reversals, repeated and in any order; every figure is their sum."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.payments_qr import PaymentRefunded, PaymentReversed, PaymentSettled
from payments_qr.commands.counting import take_counts
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
DAY = "2026-06-01"


@pytest.fixture
async def point(activated):
    return await activated(category="electricity", name="Điện lực", market=None)


@pytest.fixture
def new_bill(officer, point):
    async def issue(number, amount):
        body = {"merchant_id": point["id"], "customer_code": f"PD{number:05d}", "period": "2026-06", "amount": amount}
        bill = (await officer.post("/v1/bills", json=body | {"due_on": "2099-06-30"})).json()
        code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()
        return bill | {"reference": code["reference"]}

    return issue


def refund(number, amount, original="FT1"):
    return {
        "partner_reference": f"RF{number}", "original_reference": original, "amount": amount,
        "reversed_at": (NOON + timedelta(minutes=number)).isoformat(),
    }  # fmt: skip


async def test_a_refund_in_parts_leaves_the_bill_paid_and_the_sums_right(
    officer, new_bill, deliver, partner_event, settled, published
):
    bill = await new_bill(1, 185_000)
    await deliver(partner_event("qr.payment_settled", settled(amount=185_000, reference=bill["reference"])))

    await deliver(*[partner_event("qr.payment_reversed", refund(1, 10_000))] * 2)

    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    shown = (await officer.get(f"/v1/bills/{bill['id']}")).json()
    (day,) = (await officer.get("/v1/payments/sums")).json()["items"]
    assert (payment["status"], payment["amount"], payment["refunded_amount"]) == ("settled", 185_000, 10_000)
    assert (shown["status"], shown["paid_amount"], shown["refunded_amount"]) == ("paid", 175_000, 10_000)
    assert (day["count"], day["amount"]) == (1, 175_000)
    (event,) = await published(PaymentRefunded)
    assert (event.amount, event.refunded_amount) == (185_000, 10_000)
    assert await published(PaymentReversed) == []


async def test_parts_that_add_up_to_the_payment_reverse_it(
    officer, new_bill, deliver, partner_event, settled, published
):
    bill = await new_bill(1, 185_000)
    await deliver(partner_event("qr.payment_settled", settled(amount=185_000, reference=bill["reference"])))

    for number, part in enumerate((85_000, 60_000, 40_000), 1):
        await deliver(partner_event("qr.payment_reversed", refund(number, part)))

    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    shown = (await officer.get(f"/v1/bills/{bill['id']}")).json()
    assert (payment["status"], payment["refunded_amount"]) == ("reversed", 185_000)
    assert (shown["status"], shown["paid_amount"], shown["refunded_amount"]) == ("unpaid", 0, 0)
    assert (await officer.get("/v1/payments/sums")).json()["items"] == []
    assert len(await published(PaymentRefunded)) == 2
    assert len(await published(PaymentReversed)) == 1


async def test_a_settlement_compares_every_movement(calling, activated, deliver, partner_event, settled):
    stall = await activated()
    await deliver(
        partner_event("qr.payment_settled", settled(merchant_id=stall["id"])),
        partner_event("qr.payment_reversed", refund(1, 10_000)),
        partner_event("qr.payment_reversed", refund(2, 5_000)),
    )
    header = "partner_reference,type,amount,settled_at,original_reference\n"
    files = {"file": ("s.csv", f"{header}FT1,payment,50000,,\nRF1,reversal,9000,,FT1\n".encode(), "text/csv")}

    operator = calling("operator", subject="op")
    answer = await operator.post("/v1/settlements", data={"partner_id": "demo-bank", "business_date": DAY}, files=files)

    states = {line["partner_reference"]: line["state"] for line in answer.json()["lines"]}
    assert states == {"RF1": "amount_mismatch", "RF2": "missing_there"}
    files = {"file": ("s.csv", f"{header}RF2,reversal,5000,,FT1\n".encode(), "text/csv")}
    await operator.post("/v1/settlements", data={"partner_id": "demo-bank", "business_date": "2026-06-02"}, files=files)
    again = (await operator.get(f"/v1/settlements/{answer.json()['id']}")).json()
    assert (again["missing_there"], again["booked_another_day"]) == (0, 1)


class Books:
    """The oracle: what the movements add up to, whatever their order."""

    def __init__(self):
        self.payments: dict[str, tuple[int, str]] = {}
        self.refunds: dict[str, dict[str, int]] = defaultdict(dict)

    def refunded(self, reference):
        amount, _ = self.payments[reference]
        return min(amount, sum(self.refunds[reference].values()))

    def standing(self, reference):
        return self.refunded(reference) < self.payments[reference][0]

    def bill(self, bill):
        paying = [reference for reference, (_, named) in self.payments.items() if named == bill["reference"]]
        standing = [reference for reference in paying if self.standing(reference)]
        net = sum(self.payments[reference][0] - self.refunded(reference) for reference in standing)
        gross = sum(self.payments[reference][0] for reference in standing)
        return ("paid" if gross >= bill["amount"] else "unpaid", net, gross - net)


@pytest.mark.parametrize("seed", range(6))
async def test_random_refunds_reversals_repetitions_and_orders_add_up(
    seed, database, calling, officer, point, new_bill, published
):
    chance = random.Random(seed)
    books, reports = Books(), []
    bills = [await new_bill(number, chance.randint(2, 9) * 10_000) for number in range(6)]
    for number, bill in enumerate(bills):
        reference = f"FT{number}"
        books.payments[reference] = (bill["amount"], bill["reference"])
        reports.append(
            ReportedPayment("demo-bank", reference, bill["amount"], NOON, UUID(point["id"]), bill["reference"])
        )
        for part in range(chance.choice([0, 1, 1, 2, 3])):
            whole = chance.random() < 0.3
            amount = bill["amount"] if whole else chance.randint(1, bill["amount"] // 2)
            books.refunds[reference][f"RF{number}-{part}"] = amount
            reports.append(
                ReportedReversal(
                    "demo-bank",
                    f"RF{number}-{part}",
                    reference,
                    amount,
                    NOON + timedelta(minutes=chance.randint(0, 99)),
                )
            )
    reports += chance.sample(reports, len(reports) // 2)
    chance.shuffle(reports)
    while reports:
        run, reports = reports[: (size := chance.randint(1, 5))], reports[size:]
        async with database.transaction() as session:
            await record_reports(session, run)

    rows = (await officer.get("/v1/payments", params={"limit": 200}, headers=PURPOSE)).json()["items"]
    found = {row["partner_reference"]: (row["status"], row["refunded_amount"]) for row in rows}
    assert found == {
        reference: ("settled" if books.standing(reference) else "reversed", books.refunded(reference))
        for reference in books.payments
    }
    for bill in bills:
        shown = (await officer.get(f"/v1/bills/{bill['id']}")).json()
        assert (shown["status"], shown["paid_amount"], shown["refunded_amount"]) == books.bill(bill)
        code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()
        assert code["status"] == ("paid" if shown["status"] == "paid" else "active")
    net = sum(amount - books.refunded(reference) for reference, (amount, _) in books.payments.items())
    sums = (await officer.get("/v1/payments/sums")).json()["items"]
    assert sum(day["amount"] for day in sums) == net
    async with database.reading() as session:
        counts = {count.indicator: count.count for count in await take_counts(session)}
    assert counts.get("cashless_amount", 0) == net
    assert await published_net(published) == net


async def published_net(published):
    """What a reader of the events counts."""
    amounts: dict[UUID, int] = {}
    for event in await published(PaymentSettled, PaymentRefunded, PaymentReversed):
        if isinstance(event, PaymentSettled):
            amounts[event.payment_id] = event.amount
        elif isinstance(event, PaymentRefunded):
            amounts[event.payment_id] = event.amount - event.refunded_amount
        else:
            amounts[event.payment_id] = 0
    return sum(amounts.values())
