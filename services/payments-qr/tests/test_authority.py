"""Attempts to take what is another's: fees, shops, payments, settlements, bills. Each was possible once."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.ids import new_id
from contracts.access import AccessRecorded
from contracts.casework import DossierFeeRequested
from contracts.deliveries import DeliveryProcessed
from contracts.payments_qr import FeeUncollectable, MerchantRegistered, PaymentSettled, QrIssued
from contracts.registry import OrganizationRegistered
from payments_qr.model.authority import as_table

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
OTHER_ACCOUNT = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN VAN KHAC"}


def test_the_readme_shows_the_table_that_the_code_asks():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")

    sys.stdout.write(as_table())
    assert as_table() in readme


def fee_of(world):
    return DossierFeeRequested(
        dossier_id=new_id(), unit_id=world.commune, unit_code="15724", dossier_code="H56.15724-261121-0001",
        amount=8_000, due_on=NOON.date(), at=NOON,
    )  # fmt: skip


@pytest.fixture
async def stall(activated, world):
    """A verified stall of the resident."""
    return await activated(owner={"resident_id": str(world.resident)})


@pytest.fixture
def third_officer(calling, world):
    return calling("officer", unit_code="15724", subject="third")


# fees


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


# changes of a merchant


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


# claims of owners


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


# settlements


SETTLEMENT = "partner_reference,type,amount,settled_at,original_reference\nFT1,payment,50000,,\nXX,payment,700,,\n"


@pytest.fixture
async def settlement(calling, stall, deliver, partner_event, settled):
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=stall["id"], amount=40_000)))
    return await upload(calling("operator", subject="op"))


async def upload(client, partner_id="demo-bank"):
    files = {"file": ("settlement.csv", SETTLEMENT.encode(), "text/csv")}
    return await client.post(
        "/v1/settlements", data={"partner_id": partner_id, "business_date": "2026-06-01"}, files=files
    )


async def test_settlements_belong_to_operators_and_their_partner(settlement, calling, officer):
    path = f"/v1/settlements/{settlement.json()['id']}"
    line = f"{path}/lines/{settlement.json()['lines'][0]['id']}/resolve"
    decision = {"resolution": "asked_partner", "note": "x"}
    own, other = calling("partner", partner_id="demo-bank"), calling("partner", partner_id="demo-wallet")

    assert (await upload(officer)).status_code == 403
    assert (await upload(other)).status_code == 403
    assert (await officer.post(line, json=decision)).status_code == 403
    assert (await other.post(line, json=decision)).status_code == 404
    assert (await own.post(line, json=decision)).status_code == 200
    assert (await own.post(line.replace("resolve", "reopen"), json={"reason": "nhầm"})).json()["resolution"] is None
    assert (await own.post(line, json=decision)).status_code == 200


async def test_officers_see_the_lines_of_their_merchants_with_a_purpose(settlement, officer, calling, published, world):
    path = f"/v1/settlements/{settlement.json()['id']}"
    far = calling("officer", unit_code="15061", subject="far")

    (listed,) = (await officer.get("/v1/settlements")).json()["items"]
    lines = (await officer.get(f"{path}/lines", headers=PURPOSE)).json()["items"]

    assert (listed["rows"], listed["amount_mismatch"], listed["missing_here"]) == (1, 1, 0)
    assert [line["partner_reference"] for line in lines] == ["FT1"]
    for shown in (path, f"{path}/lines"):
        assert (await officer.get(shown)).status_code == 428
        assert (await far.get(shown, headers=PURPOSE)).status_code == 404
    assert (await far.get("/v1/settlements")).json()["items"] == []
    assert {event.resident_id for event in await published(AccessRecorded)} == {world.resident}


async def test_training_accounts_see_no_settlement(settlement, calling):
    trainee = calling("officer", unit_code="15724", training_units=("15724",), subject="t")
    path = f"/v1/settlements/{settlement.json()['id']}"

    for shown in ("/v1/settlements", path, f"{path}/lines"):
        assert (await trainee.get(shown, headers=PURPOSE)).status_code == 403


async def test_the_same_settlement_uploaded_twice_at_once_is_one(calling, stall):
    answers = await asyncio.gather(*(upload(calling("operator", subject=f"op{number}")) for number in range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_the_same_merchant_registered_twice_at_once_is_one(calling, world, merchant_body):
    clients = [calling("officer", unit_code="15724", subject=f"o{number}") for number in range(6)]

    answers = await asyncio.gather(*(client.post("/v1/merchants", json=merchant_body()) for client in clients))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


# training


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


# partners' events


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
