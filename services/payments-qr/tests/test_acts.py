"""Decisions and what takes them back stand in the acts' log: who, when, why, and what was before."""

from datetime import UTC, datetime

import pytest

from chassis.ids import new_id

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


@pytest.fixture
async def point(activated):
    return await activated(category="electricity", name="Điện lực", market=None)


@pytest.fixture
def new_bill(officer, point):
    async def issue(period="2026-06"):
        body = {"merchant_id": point["id"], "customer_code": "PD01", "period": period, "amount": 185_000}
        return (await officer.post("/v1/bills", json=body | {"due_on": "2099-06-30"})).json()

    return issue


async def acts(client, **params):
    answer = await client.get("/v1/payment-acts", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_bills_that_are_cancelled_or_written_off_and_the_way_back(officer, second_officer, point, new_bill):
    one, other = await new_bill(), await new_bill("2026-07")
    await officer.delete(f"/v1/bills/{one['id']}", params={"reason": "Nhập trùng"})
    await officer.post(f"/v1/bills/{other['id']}/write-off", json={"reason": "Hộ nghèo"})
    await second_officer.post(f"/v1/bills/{other['id']}/reopen", json={"reason": "Nhầm hộ"})

    cancelled, written_off, reopened = (
        act for act in await acts(officer, merchant_id=point["id"]) if act["about"] == "bill"
    )
    assert (cancelled["act"], cancelled["about_id"], cancelled["actor"]) == ("bill.cancelled", one["id"], "first")
    assert cancelled["reason"] == "Nhập trùng"
    assert cancelled["before"] == {"status": "unpaid", "amount": 185_000, "due_on": "2099-06-30", "period": "2026-06"}
    assert (written_off["act"], written_off["reason"]) == ("bill.written_off", "Hộ nghèo")
    assert (reopened["act"], reopened["actor"], reopened["reason"]) == ("bill.reopened", "second", "Nhầm hộ")
    assert reopened["before"]["status"] == "written_off"
    assert [act["id"] for act in await acts(officer, about_id=one["id"])] == [cancelled["id"]]


async def test_payments_that_are_dismissed_and_the_way_back(officer, point, deliver, partner_event, settled):
    data = settled(reference="KHONG RO", bin="970405", account_no="3500205123456")
    await deliver(partner_event("qr.payment_settled", data))
    [payment] = (await officer.get("/v1/payments", headers={"X-Purpose": "payment"})).json()["items"]
    path = f"/v1/payments/{payment['id']}"

    await officer.post(f"{path}/resolve", json={"action": "dismiss", "note": "Chuyển nhầm"})
    await officer.post(f"{path}/reopen", json={"reason": "Khách đã xác nhận"})
    await officer.post(f"{path}/resolve", json={"action": "accept", "note": "Đúng"})

    found = await acts(officer, about_id=payment["id"])
    assert [(act["act"], act["reason"], act["before"]["outcome"]) for act in found] == [
        ("payment.dismissed", "Chuyển nhầm", "unknown_reference"),
        ("payment.reopened", "Khách đã xác nhận", "dismissed"),
        ("payment.accepted", "Đúng", "reopened"),
    ]
    assert found[1]["before"]["decided_by"] == "first"


async def test_the_undo_of_an_import_and_each_thing_that_it_takes_back(officer, point):
    head = "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán\n"
    files = {"file": ("b.csv", f"{head}PD01;06/2026;185.000;30/06/2099\n".encode(), "text/csv")}
    made = (await officer.post("/v1/bill-imports", data={"merchant_id": point["id"]}, files=files)).json()

    await officer.post(f"/v1/bill-imports/{made['id']}/undo")
    await officer.post(f"/v1/bill-imports/{made['id']}/undo")

    found = [act for act in await acts(officer, unit_code="15724") if act["about"] in ("bill", "import")]
    assert [act["act"] for act in found] == ["bill.cancelled", "import.undone"]
    assert (found[1]["about_id"], found[1]["before"]) == (made["id"], {"kind": "bills", "undone": 1, "kept": 0})


async def test_a_merchant_that_is_closed_and_opened_again_and_a_fee_merchant_that_is_withdrawn(
    officer, second_officer, point, fee_merchant
):
    await officer.patch(f"/v1/merchants/{point['id']}", json={"status": "closed", "reason": "Nhầm"})
    await second_officer.patch(f"/v1/merchants/{point['id']}", json={"status": "active"})
    counter = await fee_merchant()
    await officer.delete("/v1/units/15724/fee-merchant", params={"reason": "Đổi tài khoản"})

    changed = [act["before"]["status"] for act in await acts(officer, about_id=point["id"])]
    assert changed == ["submitted", "active", "closed"]
    [withdrawn] = [act for act in await acts(officer) if act["act"] == "fee_merchant.withdrawn"]
    assert withdrawn["reason"] == "Đổi tài khoản"
    assert withdrawn["before"] == {"merchant_id": counter["id"], "named_by": "first", "confirmed_by": "second"}


async def test_acts_are_seen_in_the_own_units_and_without_reasons_by_those_who_see_no_personal_data(
    officer, calling, new_bill
):
    bill = await new_bill()
    await officer.post(f"/v1/bills/{bill['id']}/write-off", json={"reason": "Bà Thử đã mất"})
    neighbour, auditor = calling("officer", unit_code="15061"), calling("auditor", unit_code="15724")

    assert await acts(neighbour) == []
    assert (await neighbour.get("/v1/payment-acts", params={"unit_code": "15724"})).status_code == 403
    for client in (auditor, calling("operator")):
        [seen] = await acts(client, about_id=bill["id"])
        assert (seen["act"], seen["reason"]) == ("bill.written_off", None)
    assert (await calling("resident", resident_id=new_id()).get("/v1/payment-acts")).status_code == 403
