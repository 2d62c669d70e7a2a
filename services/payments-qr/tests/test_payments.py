"""Payments as partners report them: once, in any order, each mismatch with its own outcome."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from contracts.deliveries import DeliveryProcessed
from contracts.payments_qr import BillPaid, PaymentReversed, PaymentSettled
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}


@pytest.fixture
async def shop(activated):
    return await activated()


@pytest.fixture
def payments(calling, world):
    async def listed(**params):
        officer = calling("officer", unit_code="15724", subject="first")  # a token lives a minute, a slow test longer
        answer = await officer.get("/v1/payments", params=params, headers=PURPOSE)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return listed


@pytest.fixture
def dynamic_code(officer, shop):
    async def issue(amount=50_000, **body):
        path = f"/v1/merchants/{shop['id']}/qr-codes"
        return (await officer.post(path, json={"kind": "dynamic", "amount": amount} | body)).json()

    return issue


async def test_a_payment_that_names_its_merchant_is_listed_there(
    shop, deliver, partner_event, settled, payments, published
):
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=shop["id"])))

    (payment,) = await payments(merchant_id=shop["id"])
    assert (payment["status"], payment["outcome"], payment["amount"]) == ("settled", "counter", 50_000)
    (event,) = await published(PaymentSettled)
    assert (event.counted, str(event.business_day), event.unit_code) == (True, "2026-06-01", "15724")


async def test_a_payment_by_reference_closes_its_code(
    officer, shop, dynamic_code, deliver, partner_event, settled, payments
):
    code = await dynamic_code()

    await deliver(partner_event("qr.payment_settled", settled(reference=code["reference"])))

    (payment,) = await payments(merchant_id=shop["id"])
    assert (payment["status"], payment["qr_code_id"], payment["outcome"]) == ("settled", code["id"], "exact")
    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] == "paid"


async def test_each_misfit_has_its_own_outcome_and_waits(shop, dynamic_code, deliver, partner_event, settled, payments):
    reports = {
        "partial": settled(amount=49_000, reference=(await dynamic_code())["reference"]),
        "too_much": settled(amount=51_000, reference=(await dynamic_code())["reference"]),
        "mangled_reference": settled(reference=f"MBVCB.3278907687.{(await dynamic_code())['reference'].lower()}.CT"),
        "unknown_reference": settled(reference="KHONG-CO-MA", merchant_id=shop["id"]),
        "wrong_account": settled(merchant_id=shop["id"], bin="970405", account_no="999"),
        "unknown_account": settled(bin="970405", account_no="9999999"),
        "expired_code": settled(
            reference=(await dynamic_code(expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat()))[
                "reference"
            ],
            settled_at=(datetime.now(UTC) + timedelta(days=2)).isoformat(),
        ),
    }
    for number, data in enumerate(reports.values()):
        await deliver(partner_event("qr.payment_settled", data | {"partner_reference": f"FT{number}"}))

    found = {payment["partner_reference"]: payment for payment in await payments(merchant_id=shop["id"])}
    for number, outcome in enumerate(reports):
        if outcome == "unknown_account":
            continue
        payment = found[f"FT{number}"]
        counts = outcome == "mangled_reference"
        assert (payment["outcome"], payment["status"]) == (outcome, "settled" if counts else "unmatched")


async def test_the_second_payment_of_one_code_waits(
    shop, dynamic_code, deliver, partner_event, settled, payments, published
):
    reference = (await dynamic_code())["reference"]

    for number in (1, 2):
        await deliver(
            partner_event("qr.payment_settled", settled(partner_reference=f"FT{number}", reference=reference))
        )

    outcomes = [(payment["status"], payment["outcome"]) for payment in await payments(merchant_id=shop["id"])]
    assert sorted(outcomes) == [("settled", "exact"), ("unmatched", "paid_twice")]
    assert len(await published(PaymentSettled)) == 1


async def test_a_payment_to_a_revoked_code_waits(
    officer, shop, dynamic_code, deliver, partner_event, settled, payments
):
    reference = (await dynamic_code())["reference"]
    account = {"bin": "970436", "account_no": "0011223344556", "account_name": "X"}
    await officer.patch(f"/v1/merchants/{shop['id']}", json={"settlement": account})

    await deliver(partner_event("qr.payment_settled", settled(reference=reference)))

    assert [payment["outcome"] for payment in await payments(merchant_id=shop["id"])] == ["closed_code"]


async def test_the_same_report_again_in_any_number_is_one_payment(
    shop, deliver, partner_event, settled, payments, published
):
    event = partner_event("qr.payment_settled", settled(merchant_id=shop["id"]))
    other_amount = partner_event("qr.payment_settled", settled(merchant_id=shop["id"], amount=1))

    await deliver(event, event, other_amount)

    assert [payment["amount"] for payment in await payments(merchant_id=shop["id"])] == [50_000]
    outcomes = [(event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert outcomes == [("applied", "counter"), ("unchanged", "counter"), ("rejected", "amount-differs")]


async def test_a_thousand_concurrent_identical_reports_make_one_payment(shop, database, payments, published):
    report = ReportedPayment("demo-bank", "FT1", 50_000, NOON, merchant_id=UUID(shop["id"]))

    async def deliver() -> bool:
        async with database.transaction() as session:
            return (await record_reports(session, [report]))[0][1]

    made = await asyncio.gather(*(deliver_when_free(deliver) for _ in range(1_000)))

    assert sum(made) == 1
    assert len(await payments(merchant_id=shop["id"])) == 1
    assert len(await published(PaymentSettled)) == 1


GATE = asyncio.Semaphore(8)


async def deliver_when_free(deliver):
    async with GATE:  # as many as the database has connections; the others wait here
        return await deliver()


async def test_a_reversal_takes_the_payment_back_in_any_order_of_arrival(
    officer, shop, dynamic_code, deliver, partner_event, settled, payments, published
):
    codes = [await dynamic_code() for _ in range(2)]
    for number, code in enumerate(codes):
        back = {"partner_reference": f"RV{number}", "original_reference": f"FT{number}", "amount": 50_000,
                "reversed_at": NOON.isoformat()}  # fmt: skip
        paid = settled(partner_reference=f"FT{number}", reference=code["reference"])
        events = [partner_event("qr.payment_settled", paid), partner_event("qr.payment_reversed", back)]
        await deliver(*(events if number else reversed(events)), events[1])

    assert [payment["status"] for payment in await payments(merchant_id=shop["id"])] == ["reversed", "reversed"]
    states = [(await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] for code in codes]
    assert states == ["active", "active"]
    # What was never counted is not taken back: one settled, one reversed.
    assert len(await published(PaymentSettled)) == len(await published(PaymentReversed)) == 1


async def test_a_payment_and_its_reversal_at_the_same_moment_never_miss_each_other(shop, database, payments):
    merchant_id = UUID(shop["id"])

    async def pay(number):
        async with database.transaction() as session:
            await record_reports(
                session, [ReportedPayment("demo-bank", f"FT{number}", 9, NOON, merchant_id=merchant_id)]
            )

    async def take_back(number):
        async with database.transaction() as session:
            await record_reports(session, [ReportedReversal("demo-bank", f"RV{number}", f"FT{number}", 9, NOON)])

    for number in range(20):
        await asyncio.gather(*(pay(number), take_back(number))[:: 1 if number % 2 else -1])

    assert {payment["status"] for payment in await payments(merchant_id=shop["id"])} == {"reversed"}


@pytest.mark.parametrize("order", list(permutations(["demo-bank", "demo-wallet"])))
async def test_one_payment_reported_by_two_partners_is_counted_once(
    shop, deliver, partner_event, settled, payments, published, order
):
    for partner in order:
        data = settled(partner_reference=f"{partner}-1", merchant_id=shop["id"])
        await deliver(partner_event("qr.payment_settled", data, partner_id=partner))

    found = {payment["partner_id"]: payment["status"] for payment in await payments(merchant_id=shop["id"])}
    assert found == {"demo-bank": "settled", "demo-wallet": "possible_duplicate"}
    assert sorted(event.counted for event in await published(PaymentSettled)) == [False, True]


async def test_an_unmatched_payment_gets_suggestions_and_an_officer_decides(
    officer, shop, dynamic_code, deliver, partner_event, settled, payments, published
):
    code = await dynamic_code()
    cut_off = settled(reference=code["reference"][:9], merchant_id=shop["id"], settled_at=now_text())
    await deliver(partner_event("qr.payment_settled", cut_off))
    (waiting,) = await payments(status="unmatched")

    (suggestion,) = (await officer.get(f"/v1/payments/{waiting['id']}/suggestions")).json()["items"]
    decision = {"action": "accept", "qr_code_id": suggestion["qr_code_id"], "note": "khách đưa biên lai"}
    accepted = await officer.post(f"/v1/payments/{waiting['id']}/resolve", json=decision)
    again = await officer.post(f"/v1/payments/{waiting['id']}/resolve", json=decision)

    assert suggestion["why"] == "reference"
    body = accepted.json()
    assert (body["status"], body["outcome"], body["resolved_by"]) == ("settled", "accepted", "first")
    assert again.status_code == 409
    assert len(await published(PaymentSettled)) == 1
    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] == "paid"


def now_text() -> str:
    return datetime.now(UTC).isoformat()


async def test_a_payment_without_a_merchant_is_assigned_by_an_operator(
    officer, shop, calling, deliver, partner_event, settled, payments
):
    await deliver(
        partner_event("qr.payment_settled", settled(bin="970405", account_no="9999999")),
        partner_event("qr.payment_settled", settled(partner_reference="FT2", merchant_id=shop["id"])),
    )
    operator = calling("operator", subject="op")

    (lost,) = (await operator.get("/v1/payments", params={"status": "unmatched"})).json()["items"]
    assert (lost["outcome"], lost["merchant_id"]) == ("unknown_account", None)
    placed = {"action": "accept", "merchant_id": shop["id"], "note": "ngân hàng xác nhận"}
    answer = await operator.post(f"/v1/payments/{lost['id']}/resolve", json=placed)

    assert answer.json()["status"] == "settled"
    assert len(await payments(merchant_id=shop["id"])) == 2
    assert (await operator.get("/v1/payments")).json()["items"] == []


async def test_a_shops_history_is_the_owners_and_with_a_purpose_the_officers(
    officer, activated, owner, world, calling, deliver, partner_event, settled
):
    mine = await activated(name="Sạp cá", owner={"resident_id": str(world.resident)})
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=mine["id"])))

    assert (await officer.get("/v1/payments")).status_code == 428
    assert (await officer.get("/v1/payments", headers={"X-Purpose": "gossip"})).status_code == 400
    assert len((await owner.get("/v1/payments")).json()["items"]) == 1
    stranger = calling("resident", resident_id=world.village, subject="other")
    assert (await stranger.get("/v1/payments")).json()["items"] == []
    assert (await stranger.get("/v1/payments", params={"merchant_id": mine["id"]})).status_code == 404
    far = calling("officer", unit_code="15061", subject="far")
    assert (await far.get("/v1/payments", headers=PURPOSE)).json()["items"] == []


async def test_an_officers_read_is_in_the_owners_access_log(
    activated, world, deliver, partner_event, settled, payments, published
):
    from contracts.access import AccessRecorded

    mine = await activated(name="Sạp cá", owner={"resident_id": str(world.resident)})
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=mine["id"])))

    await payments(merchant_id=mine["id"])

    (entry,) = await published(AccessRecorded)
    assert (entry.resident_id, entry.purpose, entry.fields) == (world.resident, "payment", ["payments"])


async def test_others_see_sums_only(shop, deliver, partner_event, settled, calling):
    for number in range(3):
        await deliver(
            partner_event("qr.payment_settled", settled(partner_reference=f"F{number}", merchant_id=shop["id"]))
        )
    auditor = calling("auditor", unit_code="38")

    assert (await auditor.get("/v1/payments")).status_code == 403
    sums = (await auditor.get("/v1/payments/sums", params={"unit_code": "15724"})).json()["items"]
    assert sums == [{"business_day": "2026-06-01", "category": "market_stall", "count": 3, "amount": 150_000}]


async def test_payments_are_listed_by_business_day_and_page(shop, deliver, partner_event, settled, officer):
    for hour in (0, 11, 12, 20):  # 2026-06-01 12:00, 23:00, and 00:00, 08:00 of the next Vietnamese day
        at = (NOON + timedelta(hours=hour)).isoformat()
        data = settled(partner_reference=f"F{hour}", merchant_id=shop["id"], settled_at=at)
        await deliver(partner_event("qr.payment_settled", data))

    async def listed(**params):
        return (await officer.get("/v1/payments", params=params, headers=PURPOSE)).json()

    day = await listed(**{"from": "2026-06-01", "to": "2026-06-01"})
    assert [payment["partner_reference"] for payment in day["items"]] == ["F0", "F11"]
    first = await listed(limit=3)
    rest = await listed(limit=3, cursor=first["next_cursor"])
    assert [payment["partner_reference"] for payment in first["items"] + rest["items"]] == ["F0", "F11", "F12", "F20"]
    assert rest["next_cursor"] is None


async def test_an_event_with_wrong_data_is_rejected_and_stops_no_other(
    shop, deliver, partner_event, settled, published
):
    await deliver(
        partner_event("qr.payment_settled", settled(amount=10.5)),
        partner_event("qr.payment_settled", settled(currency="USD")),
        partner_event("merchant.verified", {"merchant_id": "x"}),
        partner_event("payment_account.opened", {"resident": {"phone": "0912345678"}}),
    )

    reasons = [event.reason for event in await published(DeliveryProcessed)]
    assert reasons == ["wrong-field:amount", "wrong-field:currency", "wrong-field:merchant_id"]


async def test_a_paid_bill_is_published_once_and_unpaid_again_by_a_reversal(
    officer, activated, deliver, partner_event, settled, published
):
    point = await activated(category="electricity", name="Điện lực", settlement={
        "bin": "970415", "account_no": "112233445566", "account_name": "DIEN LUC"})  # fmt: skip
    body = {"merchant_id": point["id"], "customer_code": "PD01000012345", "period": "2026-06", "amount": 185_000,
            "due_on": "2099-06-30"}  # fmt: skip
    bill = (await officer.post("/v1/bills", json=body)).json()
    code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()

    await deliver(partner_event("qr.payment_settled", settled(amount=185_000, reference=code["reference"])))
    paid = (await officer.get(f"/v1/bills/{bill['id']}")).json()
    back = {"partner_reference": "RV1", "original_reference": "FT1", "amount": 185_000, "reversed_at": NOON.isoformat()}
    await deliver(partner_event("qr.payment_reversed", back))

    assert (bill["status"], paid["status"], paid["paid_amount"]) == ("unpaid", "paid", 185_000)
    assert (await officer.get(f"/v1/bills/{bill['id']}")).json()["status"] == "unpaid"
    assert [str(event.bill_id) for event in await published(BillPaid)] == [bill["id"]]
    assert [event.bill_id for event in await published(PaymentReversed)] == [(await published(BillPaid))[0].bill_id]


async def test_payments_are_found_by_partner_and_reference(
    shop, dynamic_code, deliver, partner_event, settled, payments
):
    code = await dynamic_code()
    await deliver(partner_event("qr.payment_settled", settled(reference=code["reference"])))
    await deliver(partner_event("qr.payment_settled", settled(partner_reference="FT2", merchant_id=shop["id"])))

    assert [one["partner_reference"] for one in await payments(reference="FT2")] == ["FT2"]
    assert [one["partner_reference"] for one in await payments(reference=code["reference"].lower())] == ["FT1"]
    assert len(await payments(partner_id="demo-bank")) == 2
    assert await payments(partner_id="demo-wallet") == []
