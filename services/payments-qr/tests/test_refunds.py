"""Money as movements: payments, refunds in parts, whole reversals, repeated and in any order; every figure is their sum."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from contracts.payments_qr import BillCancelled, PaymentRefunded, PaymentReversed, PaymentSettled
from payments_qr.commands.counting import take_counts
from payments_qr.commands.missing_movements import book_missing_movements
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal
from payments_qr.model import Movement

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


async def test_what_is_not_collected_is_written_off_by_a_movement_and_taken_back_by_another(
    officer, new_bill, published
):
    bill = await new_bill(1, 185_000)
    path = f"/v1/bills/{bill['id']}"

    written_off = await officer.post(f"{path}/write-off", json={"reason": "hộ nghèo, quyết định 12"})
    again = await officer.post(f"{path}/write-off", json={"reason": "lần nữa"})
    code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()

    assert (written_off.status_code, written_off.json()["status"]) == (200, "written_off")
    assert (written_off.json()["written_off_amount"], written_off.json()["remaining"]) == (185_000, 0)
    assert (again.status_code, code["status"]) == (409, "revoked")
    assert [event.remaining for event in await published(BillCancelled)] == [0]
    reopened = (await officer.post(f"{path}/reopen", json={"reason": "nhầm hộ"})).json()
    assert (reopened["status"], reopened["written_off_amount"], reopened["remaining"]) == ("unpaid", 0, 185_000)
    movements = (await officer.get(f"{path}/movements")).json()["items"]
    assert [(one["kind"], one["amount"], one["note"]) for one in movements] == [
        ("written_off", 185_000, "hộ nghèo, quyết định 12"),
        ("write_off_reopened", -185_000, "nhầm hộ"),
    ]
    assert (await officer.get("/v1/payments/sums")).json()["items"] == []


async def test_what_a_process_without_the_ledger_recorded_during_an_upgrade_is_booked_afterwards(
    officer, new_bill, deliver, partner_event, settled, database
):
    first, second = await new_bill(1, 185_000), await new_bill(2, 90_000)
    await deliver(
        partner_event(
            "qr.payment_settled", settled(partner_reference="FT1", amount=185_000, reference=first["reference"])
        ),
        partner_event("qr.payment_reversed", refund(1, 10_000)),
        partner_event(
            "qr.payment_settled", settled(partner_reference="FT2", amount=90_000, reference=second["reference"])
        ),
        partner_event("qr.payment_reversed", refund(2, 90_000, "FT2")),
    )
    expected = (await officer.get("/v1/payments/sums")).json()["items"]
    assert await book_missing_movements(database) == 0
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM movement WHERE amount > 100000 OR kind = 'reversed'"))

    assert await book_missing_movements(database) == 2

    assert (await officer.get("/v1/payments/sums")).json()["items"] == expected
    assert await book_missing_movements(database) == 0


async def test_totals_of_stalls_and_markets_are_sums_of_movements(
    officer, activated, deliver, partner_event, settled, owner, world
):
    own = {"resident_id": str(world.resident)}
    greens = await activated(owner=own)
    fish = await activated(name="Sạp cá", counter="2")
    for number, (stall, amount) in enumerate(((greens, 50_000), (greens, 20_000), (fish, 30_000))):
        paid = settled(merchant_id=stall["id"], partner_reference=f"FT{number}", amount=amount)
        await deliver(partner_event("qr.payment_settled", paid))
    await deliver(partner_event("qr.payment_reversed", refund(1, 5_000, "FT0")))
    await deliver(partner_event("qr.payment_reversed", refund(2, 30_000, "FT2")))

    stalls = (await officer.get("/v1/payments/merchant-totals", params={"market": "Chợ Đồng Tiến"})).json()["items"]
    [market] = (await officer.get("/v1/payments/market-totals")).json()["items"]
    mine = (await owner.get("/v1/payments/merchant-totals")).json()["items"]

    assert {(one["name"], one["count"], one["amount"]) for one in stalls} == {
        ("Sạp rau Chị Hạnh", 2, 65_000), ("Sạp cá", 0, 0),
    }  # fmt: skip
    assert market == {"market": "Chợ Đồng Tiến", "merchants": 2, "count": 2, "amount": 65_000}
    assert [one["merchant_id"] for one in mine] == [greens["id"]]


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
    async with database.reading() as session:
        movements = (await session.exec(select(Movement).order_by(col(Movement.id)))).all()
    assert sum(movement.amount for movement in movements) == net
    for bill in bills:
        booked = [movement.amount for movement in movements if str(movement.bill_id) == bill["id"]]
        assert sum(booked) == books.bill(bill)[1]
    [total] = (await officer.get("/v1/payments/merchant-totals")).json()["items"] or [{"amount": 0}]
    assert total["amount"] == net


@pytest.mark.parametrize("seed", range(4))
async def test_orders_duplicates_decisions_and_write_offs_in_any_order_add_up(
    seed, database, officer, point, new_bill, published
):
    """Two partners report, an officer dismisses, reopens, accepts and writes off: every sum is that of the movements."""
    chance = random.Random(1_000 + seed)
    bills = [await new_bill(number, (number + 2) * 10_000) for number in range(5)]
    reports = []
    for number, bill in enumerate(bills):
        amount = bill["amount"] + chance.choice([0, 0, -1_000, 1_000])
        named = (UUID(point["id"]), bill["reference"])
        reports.append(ReportedPayment("demo-bank", f"FT{number}", amount, NOON, *named))
        if chance.random() < 0.6:
            reports.append(ReportedPayment("demo-wallet", f"W{number}", amount, NOON + timedelta(seconds=30), *named))
        for part in range(chance.choice([0, 1, 2])):
            reports.append(
                ReportedReversal("demo-bank", f"R{number}-{part}", f"FT{number}", chance.randint(1, amount), NOON)
            )
    chance.shuffle(reports)
    for report in reports + chance.sample(reports, 3):
        async with database.transaction() as session:
            await record_reports(session, [report])
        if chance.random() < 0.5:
            await _decide_on_something(officer, chance)

    rows = (await officer.get("/v1/payments", params={"limit": 200}, headers=PURPOSE)).json()["items"]
    net = sum(row["amount"] - row["refunded_amount"] for row in rows if row["status"] == "settled")
    sums = (await officer.get("/v1/payments/sums")).json()["items"]
    async with database.reading() as session:
        movements = (await session.exec(select(Movement))).all()
    money = [one for one in movements if one.payment_id is not None]
    assert net == sum(one.amount for one in money) == sum(day["amount"] for day in sums)
    assert await published_net(published, only_counted=True) == net
    for bill in bills:
        shown = (await officer.get(f"/v1/bills/{bill['id']}")).json()
        of_bill = [one for one in movements if str(one.bill_id) == bill["id"]]
        assert shown["paid_amount"] == sum(one.amount for one in of_bill if one.payment_id is not None)
        assert shown["written_off_amount"] == sum(one.amount for one in of_bill if one.payment_id is None)
        if shown["status"] == "unpaid":
            assert shown["remaining"] == shown["amount"] - shown["paid_amount"] - shown["refunded_amount"]


async def _decide_on_something(officer, chance):
    kind = chance.choice(["dismiss", "reopen", "accept", "write-off", "reopen-bill"])
    if kind in ("write-off", "reopen-bill"):
        bill = chance.choice((await officer.get("/v1/bills")).json()["items"])
        path = "write-off" if kind == "write-off" else "reopen"
        answer = await officer.post(f"/v1/bills/{bill['id']}/{path}", json={"reason": "thử"})
    else:
        rows = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
        if not rows:
            return
        payment, note = chance.choice(rows), {"note": "thử"}
        if kind == "reopen":
            answer = await officer.post(f"/v1/payments/{payment['id']}/reopen", json={"reason": "thử"})
        else:
            answer = await officer.post(f"/v1/payments/{payment['id']}/resolve", json={"action": kind} | note)
    assert answer.status_code in (200, 409), answer.text


async def published_net(published, *, only_counted=False):
    """What a reader of the events counts."""
    amounts: dict[UUID, int] = {}
    for event in await published(PaymentSettled, PaymentRefunded, PaymentReversed):
        if isinstance(event, PaymentSettled):
            amounts[event.payment_id] = event.amount if event.counted or not only_counted else 0
        elif isinstance(event, PaymentRefunded):
            amounts[event.payment_id] = event.amount - event.refunded_amount
        else:
            amounts[event.payment_id] = 0
    return sum(amounts.values())
