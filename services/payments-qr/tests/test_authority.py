"""The table of permissions, and attempts to take a merchant or its payments."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.ids import new_id
from contracts.deliveries import DeliveryProcessed
from contracts.payments_qr import MerchantRegistered
from contracts.registry import OrganizationRegistered
from payments_qr.model.authority import as_table, may, of_category

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
OTHER_ACCOUNT = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN VAN KHAC"}


def test_the_readme_shows_the_table_that_the_code_asks():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")

    sys.stdout.write(as_table())
    assert as_table() in readme


def test_only_a_relation_of_the_table_permits_an_action():
    assert may("merchant.edit", "resident", "own")
    assert not may("merchant.edit", "resident", "payer")
    assert not may("merchant.edit", "auditor", "in_unit")
    assert not may("merchant.edit", "resident", None)


def test_a_merchant_that_receives_fees_has_separate_permissions():
    assert of_category("merchant.edit", "public_service") == "merchant.edit public_service"
    assert of_category("merchant.edit", "shop") == "merchant.edit"


async def test_a_claim_opens_nothing_until_the_merchant_is_verified(
    owner, officer, world, merchant_body, deliver, partner_event, settled
):
    """A resident registers a shop in his name with a stranger's account, to read what is paid into it."""
    body = merchant_body(owner={"resident_id": str(world.resident)})
    claimed = (await owner.post("/v1/merchants", json=body)).json()
    path = f"/v1/merchants/{claimed['id']}"
    account = settled(bin="970405", account_no="3500205123456")
    await deliver(partner_event("qr.payment_settled", account))

    assert (await owner.get(path)).json()["status"] == "submitted"
    assert (await owner.get("/v1/payments")).json()["items"] == []
    assert (await owner.post(f"{path}/qr-codes", json={"kind": "static"})).status_code == 403
    assert (await owner.get(f"{path}/qr-codes")).status_code == 403
    assert (await owner.get(f"{path}/poster.pdf")).status_code == 403
    bill = {
        "merchant_id": claimed["id"],
        "customer_code": "PD1",
        "period": "2026-06",
        "amount": 1,
        "due_on": "2026-06-30",
    }
    assert (await owner.post("/v1/bills", json=bill)).status_code == 403

    await officer.patch(path, json={"status": "active"})
    assert len((await owner.get("/v1/payments")).json()["items"]) == 1


async def test_an_owner_named_by_others_sees_nothing_before_the_merchant_is_verified(owner, registered, world):
    merchant = await registered(owner={"resident_id": str(world.resident)})

    assert (await owner.get(f"/v1/merchants/{merchant['id']}")).status_code == 404
    assert (await owner.get("/v1/merchants")).json()["items"] == []


async def test_an_unconfirmed_representative_opens_nothing(owner, activated, world, deliver):
    def organization(version, confirmed):
        return OrganizationRegistered(
            organization_id=organization_id, version=version, unit_id=world.commune, unit_code="15724", at=NOON,
            kind="enterprise", representative_id=world.resident, owner_has_smartphone=True,
            representative_confirmed=confirmed,
        )  # fmt: skip

    organization_id = new_id()
    await deliver(organization(1, confirmed=False))
    merchant = await activated(owner={"organization_id": str(organization_id)})
    assert (await owner.get(f"/v1/merchants/{merchant['id']}")).status_code == 404

    await deliver(organization(2, confirmed=True))
    assert (await owner.get(f"/v1/merchants/{merchant['id']}")).status_code == 200


async def test_a_training_account_names_no_real_person_as_owner(calling, deliver, world, merchant_body, published):
    from chassis.testing import unit_event

    await deliver(unit_event("TH-01", parents=("TH",), kind="training", level="commune"))
    trainee = calling("officer", unit_code="TH-01", training_units=("TH-01",), subject="t")
    account = {"bin": "970405", "account_no": "0001234567", "account_name": "TAP HUAN"}
    body = merchant_body(unit_code="TH-01", owner={"resident_id": str(world.resident)}, settlement=account)

    answer = await trainee.post("/v1/merchants", json=body)

    assert answer.status_code == 403
    assert await published(MerchantRegistered) == []


async def test_a_partner_reaches_no_merchant_of_a_training_unit(
    calling, deliver, merchant_body, partner_event, published, officer
):
    from chassis.testing import unit_event

    await deliver(unit_event("TH-01", parents=("TH",), kind="training", level="commune"))
    trainee = calling("officer", unit_code="TH-01", training_units=("TH-01",), subject="t")
    account = {"bin": "970405", "account_no": "0001234567", "account_name": "TAP HUAN"}
    body = merchant_body(unit_code="TH-01", owner={"tax_code": "0001234567"}, settlement=account)
    merchant = (await trainee.post("/v1/merchants", json=body)).json()
    described = {
        "owner": {"tax_code": "2800123456"}, "name": "Quán", "category": "shop", "unit_code": "TH-01", "payload": PAYLOAD,
    }  # fmt: skip

    await deliver(
        partner_event("merchant.verified", {"merchant_id": merchant["id"]}),
        partner_event("merchant.qr_issued", {"merchant_id": merchant["id"], "payload": PAYLOAD}),
        partner_event("merchant.qr_issued", described),
    )

    reasons = [event.reason for event in await published(DeliveryProcessed)]
    assert reasons == ["unknown-merchant", "unknown-merchant", "unknown-unit"]


async def test_a_provider_cannot_decide_in_the_future(officer, registered, deliver, partner_event):
    """Stamped 2099, its verification would outlast every later decision."""
    merchant = await registered()
    data = {"merchant_id": merchant["id"]}
    early = partner_event("merchant.verified", data, at=NOON).model_copy(
        update={"occurred_at": NOON.replace(year=2099)}
    )

    await deliver(early, partner_event("merchant.suspended", data, at=NOON + timedelta(hours=1), webhook_id="w2"))

    assert (await officer.get(f"/v1/merchants/{merchant['id']}")).json()["status"] == "suspended"


@pytest.mark.parametrize(
    "wrong",
    [
        {"settled_at": 0}, {"settled_at": "0"}, {"settled_at": "9999-12-31T23:59:59Z"}, {"partner_reference": "a\x00b"},
        {"reference": "a\ud800"}, {"amount": "50000"}, {"amount": True},
    ],
    ids=str,
)  # fmt: skip
async def test_data_that_cannot_be_stored_are_rejected_and_stop_no_other_payment(
    database, stall, partner_event, settled, published, wrong
):
    from payments_qr.handlers import on_partner_events

    run = [
        partner_event("qr.payment_settled", settled(merchant_id=stall["id"]) | wrong),
        partner_event("qr.payment_settled", settled(merchant_id=stall["id"], partner_reference="FT2")),
    ]
    async with database.transaction() as session:
        await on_partner_events(session, run)

    results = [(event.outcome, (event.reason or "").partition(":")[0]) for event in await published(DeliveryProcessed)]
    assert sorted(results) == [("applied", "counter"), ("rejected", "wrong-field")]


async def test_an_external_code_for_another_account_collects_nothing(
    officer, activated, deliver, partner_event, settled
):
    from payments_qr.qr_payload import QrContent, encode

    stall = await activated()
    foreign = encode(
        QrContent(
            initiation="static", bin="970436", account_no="0011223344556", reference="KHAC12345", purpose="KHAC12345"
        )
    )
    await deliver(partner_event("merchant.qr_issued", {"merchant_id": stall["id"], "payload": foreign}))

    await deliver(partner_event("qr.payment_settled", settled(reference="KHAC12345")))

    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    assert (payment["status"], payment["outcome"]) == ("unmatched", "wrong_account")


async def test_a_dismissed_payment_is_reopened_with_a_reason(officer, stall, deliver, partner_event, settled):
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=stall["id"], reference="KHONG-CO")))
    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    path = f"/v1/payments/{payment['id']}"

    early = await officer.post(f"{path}/reopen", json={"reason": "x"})
    await officer.post(f"{path}/resolve", json={"action": "dismiss", "note": "nhầm"})
    reopened = await officer.post(f"{path}/reopen", json={"reason": "khách đưa biên lai"})
    accepted = await officer.post(f"{path}/resolve", json={"action": "accept", "note": "đúng"})

    assert early.status_code == 409
    assert (reopened.json()["status"], reopened.json()["resolved_by"]) == ("unmatched", None)
    assert accepted.json()["status"] == "settled"
