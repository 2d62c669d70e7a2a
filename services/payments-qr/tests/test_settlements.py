"""Settlement files: a whole day against the record, with exact figures; nothing applies from a file that does not add up."""

import os
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.clock import HO_CHI_MINH
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal
from payments_qr.model.merchants import account_index
from payments_qr.model.reference_codes import new_reference, reference_key

DAY = "2026-06-01"
NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
DAY_SIZE = int(os.environ.get("SETTLEMENT_PAYMENTS", "5000"))
HEADER = "partner_reference,type,amount,settled_at,original_reference\n"


@pytest.fixture
async def shop(activated):
    return await activated()


@pytest.fixture
def operator(calling):
    return calling("operator", subject="op")


@pytest.fixture
def settle(calling, world):
    async def hand_in(text, day=DAY):
        operator = calling("operator", subject="op")  # tokens live a minute, a played day may not
        files = {"file": ("settlement.csv", text.encode(), "text/csv")}
        return await operator.post(
            "/v1/settlements", data={"partner_id": "demo-bank", "business_date": day}, files=files
        )

    return hand_in


@pytest.fixture
def pay(database, shop):
    async def record(reference, amount=1_000, at=NOON):
        async with database.transaction() as session:
            await record_reports(
                session, [ReportedPayment("demo-bank", reference, amount, at, merchant_id=UUID(shop["id"]))]
            )

    return record


def figures(answer):
    body = answer.json()
    names = ("matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day")
    return {name: body[name] for name in names if body[name]}


async def test_lines_are_matched_missing_or_different(settle, pay):
    for reference, amount in (("A", 1_000), ("B", 2_000), ("C", 3_000)):
        await pay(reference, amount)

    answer = await settle(HEADER + "A,payment,1000,,\nB,payment,2500,,\nX,payment,700,,\n")

    assert answer.status_code == 201
    assert figures(answer) == {"matched": 1, "missing_here": 1, "missing_there": 1, "amount_mismatch": 1}
    assert (answer.json()["sum"], answer.json()["our_sum"], answer.json()["difference"]) == (4_200, 6_000, -1_800)
    lines = {line["partner_reference"]: line for line in answer.json()["lines"]}
    assert (lines["B"]["amount"], lines["B"]["our_amount"], lines["B"]["number"]) == (2_500, 2_000, 3)
    assert lines["C"]["state"] == "missing_there"


async def test_a_column_that_is_not_understood_is_named_and_may_be_ignored(pay, operator, world):
    await pay("A")
    content = "Mã giao dịch;Phân nhóm;Số tiền\nA;Mua;1000\n".encode()
    form = {"partner_id": "demo-bank", "business_date": DAY}
    files = {"file": ("settlement.csv", content, "text/csv")}

    refused = await operator.post("/v1/settlements", data=form, files=files)
    taken = await operator.post("/v1/settlements", data=form | {"ignored_columns": ["Phân nhóm"]}, files=files)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "column-unknown")
    assert "“Phân nhóm”" in refused.json()["detail"]
    assert (taken.status_code, taken.json()["matched"]) == (201, 1)
    assert [one["column"] for one in taken.json()["warnings"]] == ["Phân nhóm"]


async def test_a_file_that_does_not_add_up_applies_nothing(settle, pay, operator):
    await pay("A")

    wrong_count = await settle("#TotalCount,2,TotalAmount,1000\n" + HEADER + "A,payment,1000,,\n")
    wrong_sum = await settle("#TotalCount,1,TotalAmount,1001\n" + HEADER + "A,payment,1000,,\n")
    unreadable = await settle(HEADER + "A,payment,10.5,,\n")

    for answer in (wrong_count, wrong_sum, unreadable):
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable-file")
    assert unreadable.json()["errors"][0]["pointer"] == "/file/2/amount"
    assert (await operator.get("/v1/settlements")).json()["items"] == []


async def test_the_same_file_again_is_the_same_settlement(settle, pay, operator):
    await pay("A")
    text = HEADER + "A,payment,1000,,\n"

    first, second = await settle(text), await settle(text)
    longer = await settle(text + "B,payment,5,,\n")

    assert first.json()["id"] == second.json()["id"]
    assert longer.json()["repeated"] == 1
    assert len((await operator.get("/v1/settlements")).json()["items"]) == 2


async def test_a_late_payment_that_the_next_days_file_brings_is_missing_no_more(settle, pay, operator):
    await pay("EARLY", at=datetime(2026, 6, 1, 12, tzinfo=HO_CHI_MINH))
    await pay("LATE", at=datetime(2026, 6, 1, 23, 30, tzinfo=HO_CHI_MINH))

    today = await settle(HEADER + "EARLY,payment,1000,,\n")
    tomorrow = await settle(HEADER + "LATE,payment,1000,,\nEARLY,payment,1000,,\n", day="2026-06-02")
    today_again = await operator.get(f"/v1/settlements/{today.json()['id']}")

    assert figures(today) == {"matched": 1, "missing_there": 1}
    assert figures(tomorrow) == {"matched": 1, "booked_another_day": 1}
    assert figures(today_again) == {"matched": 1, "booked_another_day": 1}


async def test_a_file_that_comes_after_the_next_days_finds_nothing_missing(settle, pay):
    await pay("LATE", at=datetime(2026, 6, 1, 23, 30, tzinfo=HO_CHI_MINH))
    await pay("EARLY", at=datetime(2026, 6, 1, 12, tzinfo=HO_CHI_MINH))

    await settle(HEADER + "LATE,payment,1000,,\n", day="2026-06-02")
    today = await settle(HEADER + "EARLY,payment,1000,,\n")

    assert figures(today) == {"matched": 1, "booked_another_day": 1}


async def test_resolving_a_line_is_noted_with_who_and_when_and_only_once(settle, operator):
    settlement = (await settle(HEADER + "X,payment,700,,\n")).json()
    path = f"/v1/settlements/{settlement['id']}/lines/{settlement['lines'][0]['id']}/resolve"

    first = await operator.post(path, json={"resolution": "asked_partner", "note": "gửi thư ngày 02/06"})
    second = await operator.post(path, json={"resolution": "accepted", "note": "x"})

    assert (first.json()["resolved_by"], first.json()["resolution"]) == ("op", "asked_partner")
    assert second.status_code == 409


async def test_a_partner_sees_its_own_settlements_only(settle, calling):
    settlement = (await settle(HEADER + "X,payment,700,,\n")).json()

    own, other = calling("partner", partner_id="demo-bank"), calling("partner", partner_id="demo-wallet")

    assert (await own.get(f"/v1/settlements/{settlement['id']}")).status_code == 200
    assert (await other.get(f"/v1/settlements/{settlement['id']}")).status_code == 404
    assert (await other.get("/v1/settlements")).json()["items"] == []


async def test_a_whole_day_with_duplicates_reversals_first_and_mangled_references_reconciles(
    settle, database, shop, calling
):
    """3 % duplicates, 1 % reversals before their payment, 0.5 % mangled references, and a file with known gaps."""
    chance = random.Random(61)
    references = await issue_codes(database, shop, DAY_SIZE // 200)
    day = [(f"FT{number:06d}", chance.randint(1, 500) * 1_000) for number in range(DAY_SIZE)]
    duplicates = chance.sample(day, DAY_SIZE * 3 // 100)
    reversed_first = chance.sample(day[len(references) :], DAY_SIZE // 100)
    reports = [("pay", one) for one in day + duplicates]
    chance.shuffle(reports)
    reports = [("reverse", one) for one in reversed_first] + reports
    mangled = {one[0]: reference for one, reference in zip(day, references, strict=False)}

    await play(database, shop, reports, mangled)

    unknown_here = [(f"XX{number}", 7_000) for number in range(7)]
    left_out = {reference for reference, _ in day[-11:]}
    wrong = {reference for reference, _ in day[-16:-11]}
    rows = [
        f"{reference},payment,{amount + (1 if reference in wrong else 0)},,\n"
        for reference, amount in day + unknown_here
        if reference not in left_out
    ] + [f"RV-{reference},reversal,{amount},,{reference}\n" for reference, amount in reversed_first]
    total = sum(int(row.split(",")[2]) * (1 if ",payment," in row else -1) for row in rows)
    answer = await settle(f"#TotalCount,{len(rows)},TotalAmount,{total}\n" + HEADER + "".join(rows))

    assert answer.status_code == 201, answer.text
    assert figures(answer) == {
        "matched": DAY_SIZE - 11 - 5 + len(reversed_first),
        "missing_here": 7,
        "missing_there": 11,
        "amount_mismatch": 5,
    }
    auditor = calling("auditor", unit_code="38")
    sums = (await auditor.get("/v1/payments/sums")).json()["items"]
    taken_back = {reference for reference, _ in reversed_first}
    counted = [amount for reference, amount in day if reference not in taken_back]
    assert sums == [
        {"business_day": DAY, "category": "market_stall", "count": len(counted), "amount": sum(counted)},
    ]


async def play(database, shop, reports, mangled):
    """All messages of the day, in transactions of 500 as the consumer takes them."""
    merchant_id = UUID(shop["id"])

    def report_of(kind, reference, amount):
        if kind == "reverse":
            return ReportedReversal("demo-bank", f"RV-{reference}", reference, amount, NOON)
        memo = f"MBVCB.{reference}.{mangled[reference].lower()}.CT TU" if reference in mangled else None
        at = NOON + timedelta(seconds=int(reference[2:]) % 3_000)
        return ReportedPayment("demo-bank", reference, amount, at, merchant_id=merchant_id, reference=memo)

    for start in range(0, len(reports), 500):
        async with database.transaction() as session:
            await record_reports(session, [report_of(kind, *one) for kind, one in reports[start : start + 500]])


async def issue_codes(database, shop, count):
    """Static codes with references, as counters have; their references come back mangled."""
    from payments_qr.model import Merchant, QrCode

    async with database.transaction() as session:
        merchant = await session.get_one(Merchant, shop["id"])
        assert merchant.account_index == account_index("970405", "3500205123456")
        references = [new_reference() for _ in range(count)]
        for reference in references:
            code = QrCode(merchant_id=merchant.id, kind="static", reference=reference, payload=b"",
                          reference_key=reference_key(reference), issued_at=NOON, changed_at=NOON)  # fmt: skip
            code.put_payload("x")
            session.add(code)
    return references
