"""A change of what payers rely on is verified by another person; until then no code of the merchant is valid."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.payments_qr import PaymentSettled

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
OTHER_ACCOUNT = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN VAN KHAC"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Sạp rau Chị Hoa"}, {"name_in_code": "UBND XA"}, {"category": "shop"}, {"provider": "demo-wallet"},
        {"settlement": OTHER_ACCOUNT}, {"owner": {"tax_code": "2800999999"}}, {"unit_code": "15727-01"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
async def test_a_change_of_what_payers_rely_on_is_verified_again(officer, second_officer, stall, change, calling):
    path = f"/v1/merchants/{stall['id']}"

    changed = await officer.patch(path, json=change)
    approved = await second_officer.patch(path, json={"status": "active"})

    assert (changed.status_code, changed.json()["status"]) == (200, "submitted")
    assert approved.json()["status"] == "active"


async def test_market_and_counter_change_without_a_new_verification(owner, stall):
    path = f"/v1/merchants/{stall['id']}"

    changed = (await owner.patch(path, json={"market": None, "counter": "12"})).json()

    assert (changed["status"], changed["market"], changed["counter"]) == ("active", None, "12")


async def test_printed_codes_are_invalid_until_the_merchant_is_active_again(
    officer, second_officer, owner, stall, deliver, partner_event, settled
):
    path = f"/v1/merchants/{stall['id']}"
    code = (await officer.post(f"{path}/qr-codes", json={"kind": "static"})).json()
    read = {"payload": code["payload"]}
    assert (await officer.post("/v1/qr-codes/decode", json=read)).status_code == 200

    await owner.patch(path, json={"name": "Trạm thu phí"})
    after = await officer.post("/v1/qr-codes/decode", json=read)
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    await deliver(
        partner_event("qr.payment_settled", settled(merchant_id=stall["id"], settled_at=later)),
        partner_event("qr.payment_settled", settled(merchant_id=stall["id"], partner_reference="BEFORE")),
    )
    found = await officer.get("/v1/payments", headers=PURPOSE)
    assert (after.status_code, after.json()["errors"][0]["code"]) == (422, "code-not-valid")
    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] == "inactive"
    outcomes = {row["partner_reference"]: row["outcome"] for row in found.json()["items"]}
    assert outcomes == {"FT1": "merchant_not_active", "BEFORE": "counter"}

    await second_officer.patch(path, json={"status": "active"})

    assert (await officer.post("/v1/qr-codes/decode", json=read)).status_code == 200
    items = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    assert {row["status"] for row in items} == {"settled"}


async def test_a_code_of_an_earlier_account_stays_invalid(officer, second_officer, stall):
    path = f"/v1/merchants/{stall['id']}"
    code = (await officer.post(f"{path}/qr-codes", json={"kind": "static"})).json()

    await officer.patch(path, json={"settlement": OTHER_ACCOUNT})
    await second_officer.patch(path, json={"status": "active"})

    assert (await officer.post("/v1/qr-codes/decode", json={"payload": code["payload"]})).status_code == 422


async def test_payments_count_alike_in_either_order_of_payment_and_verification(
    registered, officer, deliver, partner_event, settled, published
):
    merchant = await registered()
    path = f"/v1/merchants/{merchant['id']}"
    paid = settled(merchant_id=merchant["id"])

    await deliver(partner_event("qr.payment_settled", paid))
    assert await published(PaymentSettled) == []
    await deliver(partner_event("merchant.verified", {"merchant_id": merchant["id"]}))

    (payment,) = (await officer.get("/v1/payments", params={"merchant_id": merchant["id"]}, headers=PURPOSE)).json()[
        "items"
    ]
    assert (payment["status"], payment["outcome"]) == ("settled", "counter")
    assert len(await published(PaymentSettled)) == 1
    assert (await officer.get(path)).json()["status"] == "active"


async def test_two_officers_cannot_swap_the_roles_of_maker_and_checker_within_one_change(
    officer, second_officer, third_officer, stall
):
    path = f"/v1/merchants/{stall['id']}"
    await officer.patch(path, json={"settlement": OTHER_ACCOUNT})
    await second_officer.patch(path, json={"name": "Sạp rau"})

    refused = [
        (await client.patch(path, json={"status": "active"})).status_code for client in (officer, second_officer)
    ]

    assert refused == [409, 409]
    assert (await third_officer.patch(path, json={"status": "active"})).json()["status"] == "active"


async def test_a_change_and_its_approval_in_one_request_are_refused_together(second_officer, officer, registered):
    merchant = await registered()
    path = f"/v1/merchants/{merchant['id']}"

    both = await second_officer.patch(path, json={"settlement": OTHER_ACCOUNT, "status": "active"})

    assert both.status_code == 409
    assert (await officer.get(path)).json()["settlement"]["bin"] == "970405"


async def test_a_closed_merchant_is_reopened_by_a_second_officer_with_its_codes(officer, second_officer, stall):
    path = f"/v1/merchants/{stall['id']}"
    code = (await officer.post(f"{path}/qr-codes", json={"kind": "static"})).json()
    await officer.patch(path, json={"status": "closed", "reason": "nhầm"})
    assert (await officer.post("/v1/qr-codes/decode", json={"payload": code["payload"]})).status_code == 422

    by_closer = await officer.patch(path, json={"status": "active"})
    edit = await second_officer.patch(path, json={"name": "x"})
    reopened = await second_officer.patch(path, json={"status": "active"})

    assert (by_closer.status_code, edit.status_code) == (409, 409)
    assert (reopened.json()["status"], reopened.json()["has_qr"]) == ("active", True)
    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] == "active"


async def test_an_owner_moves_a_merchant_neither_to_another_owner_nor_to_another_unit(owner, stall):
    path = f"/v1/merchants/{stall['id']}"

    assert (await owner.patch(path, json={"owner": {"tax_code": "2800999999"}})).status_code == 403
    assert (await owner.patch(path, json={"unit_code": "15727-01"})).status_code == 403


async def test_a_null_where_a_field_may_not_be_empty_and_an_unknown_field_are_refused(owner, stall):
    path = f"/v1/merchants/{stall['id']}"

    null, unknown = await owner.patch(path, json={"name": None}), await owner.patch(path, json={"nmae": "x"})

    assert (null.status_code, null.json()["errors"][0]["code"]) == (422, "not-nullable")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown-field")
