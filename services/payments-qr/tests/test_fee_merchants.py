"""Attempts to divert the fees of a unit: each was possible once."""

from datetime import UTC, datetime

import pytest

from chassis.ids import new_id
from contracts.casework import DossierFeeRequested
from contracts.deliveries import DeliveryProcessed
from contracts.payments_qr import FeeUncollectable, MerchantRegistered, QrIssued

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
OTHER_ACCOUNT = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN VAN KHAC"}


def fee_of(world):
    return DossierFeeRequested(
        dossier_id=new_id(), unit_id=world.commune, unit_code="15724", dossier_code="H56.15724-261121-0001",
        amount=8_000, due_on=NOON.date(), at=NOON,
    )  # fmt: skip


async def test_a_stall_owner_cannot_turn_the_stall_into_the_fee_counter(owner, stall, world, deliver, published):
    path = f"/v1/merchants/{stall['id']}"

    turned = await owner.patch(path, json={"category": "public_service", "name": "UBND xã Đồng Tiến"})
    named = await owner.put("/v1/units/15724/fee-merchant", json={"merchant_id": stall["id"]})
    await deliver(fee_of(world))

    assert (turned.status_code, named.status_code) == (403, 403)
    assert (await owner.get(path)).json()["category"] == "market_stall"
    assert await published(QrIssued) == []
    assert len(await published(FeeUncollectable)) == 1


async def test_residents_and_organizations_register_no_public_service(owner, calling, world, merchant_body):
    own = {"resident_id": str(world.resident)}

    answer = await owner.post("/v1/merchants", json=merchant_body(category="public_service", owner=own))

    assert answer.status_code == 403


@pytest.mark.parametrize("category", ["market_stall", "public_service"])
async def test_a_partners_code_never_makes_or_changes_a_public_service_merchant(
    officer, activated, deliver, partner_event, published, category
):
    counter = await activated(category="public_service", name="Một cửa", market=None, provider="demo-bank")
    described = {
        "owner": {"tax_code": "2800123456"}, "name": "Một cửa", "category": category, "unit_code": "15724",
        "payload": PAYLOAD,
    }  # fmt: skip

    await deliver(
        partner_event("merchant.qr_issued", {"merchant_id": counter["id"], "payload": PAYLOAD}),
        partner_event(
            "merchant.qr_issued", {"merchant_id": counter["id"], "payload": PAYLOAD}, partner_id="demo-wallet"
        ),
        partner_event("merchant.qr_issued", described),
    )

    reasons = [(event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert reasons == [
        ("rejected", "not-by-a-partner"), ("rejected", "not-the-provider"), ("rejected", "not-by-a-partner"),
    ]  # fmt: skip
    assert await published(QrIssued) == []
    assert len(await published(MerchantRegistered)) == 1


async def test_one_officer_alone_never_makes_a_fee_merchant(
    officer, second_officer, activated, world, deliver, published
):
    counter = await activated(category="public_service", name="Một cửa", market=None)
    path, body = "/v1/units/15724/fee-merchant", {"merchant_id": counter["id"]}

    first = (await officer.put(path, json=body)).json()
    again = (await officer.put(path, json=body)).json()
    await deliver(fee_of(world))
    assert first["merchant_id"] is None
    assert first["pending"] == again["pending"]
    assert (first["pending"]["merchant_id"], first["pending"]["named_by"]) == (counter["id"], "first")
    assert await published(QrIssued) == []

    confirmed = (await second_officer.put(path, json=body)).json()
    await deliver(fee_of(world))
    assert (confirmed["merchant_id"], confirmed["confirmed"]["confirmed_by"]) == (counter["id"], "second")
    assert confirmed["pending"] is None
    assert [str(event.merchant_id) for event in await published(QrIssued)] == [counter["id"]]


async def test_a_second_officer_confirms_only_the_merchant_they_name(officer, second_officer, activated):
    """Between the second officer's look and their word the first one names another merchant."""
    one = await activated(category="public_service", name="Một cửa", market=None)
    other = await activated(category="public_service", name="Một cửa giả", market=None, counter="2")
    path = "/v1/units/15724/fee-merchant"
    await officer.put(path, json={"merchant_id": one["id"]})
    await officer.put(path, json={"merchant_id": other["id"]})

    view = (await second_officer.put(path, json={"merchant_id": one["id"]})).json()

    assert view["confirmed"] is None
    assert (view["pending"]["merchant_id"], view["pending"]["named_by"]) == (one["id"], "second")


@pytest.mark.parametrize(
    "change",
    [{"settlement": OTHER_ACCOUNT}, {"provider": "demo-wallet"}, {"owner": {"tax_code": "2800999999"}}],
    ids=lambda change: next(iter(change)),
)
async def test_a_fee_merchant_with_another_receiver_must_be_named_again(
    officer, second_officer, third_officer, fee_merchant, world, deliver, partner_event, published, change
):
    counter = await fee_merchant()
    path = f"/v1/merchants/{counter['id']}"

    changed = (await officer.patch(path, json=change)).json()
    by_maker = await officer.patch(path, json={"status": "active"})
    await deliver(fee_of(world))
    await second_officer.patch(path, json={"status": "active"})
    await deliver(fee_of(world))

    assert (changed["status"], by_maker.status_code) == ("submitted", 409)
    assert await published(QrIssued) == []
    assert (await officer.get("/v1/units/15724/fee-merchant")).json()["merchant_id"] is None


async def test_a_renamed_fee_merchant_receives_nothing_until_it_is_verified_again(
    officer, second_officer, fee_merchant, world, deliver, published
):
    counter = await fee_merchant()
    path = f"/v1/merchants/{counter['id']}"
    await officer.patch(path, json={"name": "Trung tâm hành chính công"})
    await deliver(fee_of(world))
    assert len(await published(FeeUncollectable)) == 1

    await second_officer.patch(path, json={"status": "active"})
    await deliver(fee_of(world))

    assert len(await published(QrIssued)) == 1


async def test_a_fee_merchant_is_named_by_officers_of_the_unit_for_merchants_that_serve_it(
    officer, calling, activated, stall
):
    path = "/v1/units/15724/fee-merchant"
    village = await activated(category="public_service", name="Một cửa thôn", market=None, unit_code="15727-01")
    neighbour = calling("officer", unit_code="15061", subject="n")

    assert (await officer.put(path, json={"merchant_id": village["id"]})).json()[
        "type"
    ] == "/problems/not-a-fee-merchant"
    assert (await officer.put(path, json={"merchant_id": stall["id"]})).status_code == 409
    assert (await officer.put(path, json={"merchant_id": str(new_id())})).status_code == 404
    assert (await neighbour.put(path, json={"merchant_id": village["id"]})).status_code == 403
    assert (await officer.put("/v1/units/99999/fee-merchant", json={"merchant_id": stall["id"]})).status_code == 404
    assert (await calling("partner", partner_id="demo-bank").get(path)).status_code == 403


async def test_a_naming_is_withdrawn_and_replaced(officer, second_officer, fee_merchant, activated):
    old = await fee_merchant()
    new = await activated(category="public_service", name="Một cửa mới", market=None, counter="2")
    path = "/v1/units/15724/fee-merchant"

    await officer.put(path, json={"merchant_id": new["id"]})
    withdrawn = await second_officer.put(path, json={"merchant_id": old["id"]})
    await officer.put(path, json={"merchant_id": new["id"]})
    replaced = await second_officer.put(path, json={"merchant_id": new["id"]})
    ended = await officer.delete(path)

    assert (withdrawn.json()["merchant_id"], withdrawn.json()["pending"]) == (old["id"], None)
    assert replaced.json()["merchant_id"] == new["id"]
    assert ended.status_code == 204
    assert (await officer.get(path)).json()["merchant_id"] is None
