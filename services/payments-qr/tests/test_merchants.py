"""Merchants over HTTP: registered, verified by a second officer, blocked at once, visible to those concerned."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.deliveries import DeliveryProcessed
from contracts.payments_qr import MerchantActivated, MerchantRegistered, MerchantSuspended

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
ACCOUNT = "3500205123456"


async def test_a_registered_merchant_waits_and_shows_no_full_account(officer, registered, published):
    merchant = await registered()

    assert merchant["status"] == "submitted"
    assert merchant["settlement"] == {
        "bin": "970405", "bank": "Agribank", "account_no": "*********3456", "account_name": None,
    }  # fmt: skip
    assert merchant["name_in_code"] == "SAP RAU CHI HANH"
    (event,) = await published(MerchantRegistered)
    assert (event.status, event.has_qr, event.unit_code) == ("submitted", False, "15724")
    assert ACCOUNT not in event.model_dump_json()
    assert "Hạnh" not in event.model_dump_json()


async def test_the_maker_cannot_verify_a_merchant_but_a_second_officer_can(
    officer, second_officer, registered, published
):
    path = f"/v1/merchants/{(await registered())['id']}"

    refused = await officer.patch(path, json={"status": "active"})
    approved = await second_officer.patch(path, json={"status": "active"})

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/maker-is-checker"
    assert approved.json()["status"] == "active"
    assert [event.status for event in await published(MerchantActivated)] == ["active"]


async def test_the_provider_verifies_by_its_message_and_only_the_provider(
    officer, registered, deliver, published, partner_event
):
    merchant = await registered()
    data = {"merchant_id": merchant["id"]}

    await deliver(partner_event("merchant.verified", data, partner_id="demo-wallet"))
    assert (await officer.get(f"/v1/merchants/{merchant['id']}")).json()["status"] == "submitted"
    await deliver(partner_event("merchant.verified", data))
    assert (await officer.get(f"/v1/merchants/{merchant['id']}")).json()["status"] == "active"

    outcomes = [(event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert outcomes == [("rejected", "not-the-provider"), ("applied", None)]


async def test_an_older_message_does_not_undo_a_newer_one(officer, registered, deliver, published, partner_event):
    merchant = await registered()
    data = {"merchant_id": merchant["id"], "reason": "giấy tờ hết hạn"}

    await deliver(
        partner_event("merchant.suspended", data, at=NOON + timedelta(hours=2)),
        partner_event("merchant.verified", data, at=NOON + timedelta(hours=1)),
    )

    shown = (await officer.get(f"/v1/merchants/{merchant['id']}")).json()
    assert (shown["status"], shown["reason"]) == ("suspended", "giấy tờ hết hạn")
    assert len(await published(MerchantSuspended)) == 1


async def test_every_wrong_field_of_a_merchant_is_named(officer, merchant_body):
    body = merchant_body(
        name=" ", category="bar", owner={"tax_code": "12"},
        settlement={"bin": "123456", "account_no": "1" * 20, "account_name": "X"},
    )  # fmt: skip

    answer = await officer.post("/v1/merchants", json=body)

    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/name", "blank"),
        ("/category", "unknown-code"),
        ("/owner/tax_code", "wrong-tax-code"),
        ("/settlement/bin", "unknown-bin"),
        ("/settlement/account_no", "wrong-account"),
    }


@pytest.mark.parametrize("tax_code", ["2800123456", "2800123456-001", "038180012345"])
async def test_owners_may_be_tax_codes_of_ten_thirteen_or_twelve_digits(registered, tax_code):
    merchant = await registered(owner={"tax_code": tax_code})

    masked = "038*******45" if len(tax_code) == 12 else tax_code.replace("-", "")
    assert merchant["owner"]["tax_code"] == masked


async def test_the_same_stall_with_the_same_account_is_refused_and_another_counter_is_not(
    officer, registered, merchant_body
):
    first = await registered()

    again = await officer.post("/v1/merchants", json=merchant_body())
    other_counter = await officer.post("/v1/merchants", json=merchant_body(counter="Quầy 2"))

    assert again.status_code == 409
    assert again.json()["id"] == first["id"]
    assert other_counter.status_code == 201
    duplicates = (await officer.get("/v1/merchants/duplicates", params={"unit_code": "15724"})).json()["items"]
    assert {tuple(sorted(group["merchant_ids"])) for group in duplicates} == {
        tuple(sorted([first["id"], other_counter.json()["id"]]))
    }


async def test_officers_see_merchants_of_their_units_only(officer, registered, calling, merchant_body):
    merchant = await registered()
    stranger = calling("officer", unit_code="15061", subject="far")

    assert (await stranger.get(f"/v1/merchants/{merchant['id']}")).status_code == 404
    assert (await stranger.get("/v1/merchants")).json()["items"] == []
    assert (await stranger.get("/v1/merchants", params={"unit_code": "15724"})).status_code == 403
    assert (await stranger.post("/v1/merchants", json=merchant_body())).status_code == 403
    assert len((await officer.get("/v1/merchants", params={"category": "market_stall"})).json()["items"]) == 1


async def test_a_resident_registers_and_sees_their_own_merchant_and_no_other(owner, registered, world, merchant_body):
    await registered()

    mine = await owner.post(
        "/v1/merchants", json=merchant_body(name="Sạp cá", owner={"resident_id": str(world.resident)})
    )
    others = await owner.post("/v1/merchants", json=merchant_body(owner={"resident_id": str(uuid4())}))

    assert mine.status_code == 201
    assert others.status_code == 403
    listed = (await owner.get("/v1/merchants")).json()["items"]
    assert [merchant["id"] for merchant in listed] == [mine.json()["id"]]
    assert listed[0]["settlement"]["account_name"] == "NGUYEN THI HANH"


async def test_an_owner_unknown_to_registry_is_not_found_yet(officer, merchant_body):
    answer = await officer.post("/v1/merchants", json=merchant_body(owner={"resident_id": str(uuid4())}))

    assert answer.status_code == 404
    assert answer.headers["Retry-After"] == "1"


async def test_a_block_ends_issuing_at_once_and_the_provider_cannot_lift_it(
    officer, activated, deliver, registered, partner_event
):
    merchant = await activated()
    path = f"/v1/merchants/{merchant['id']}"

    assert (await officer.patch(path, json={"status": "suspended", "reason": "khiếu nại"})).json()[
        "status"
    ] == "suspended"
    await deliver(partner_event("merchant.verified", {"merchant_id": merchant["id"]}, at=NOON + timedelta(days=999)))

    issued = await officer.post(f"{path}/qr-codes", json={"kind": "static"})
    assert issued.status_code == 409
    assert issued.json()["type"] == "/problems/merchant-not-active"
    assert (await officer.patch(path, json={"status": "active"})).json()["status"] == "active"


async def test_another_account_must_be_verified_again_and_revokes_the_codes(officer, activated):
    merchant = await activated()
    path = f"/v1/merchants/{merchant['id']}"
    code = (await officer.post(f"{path}/qr-codes", json={"kind": "static"})).json()

    account = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN THI HANH"}
    changed = (await officer.patch(path, json={"settlement": account})).json()

    assert (changed["status"], changed["has_qr"]) == ("submitted", False)
    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["status"] == "revoked"
    assert (await officer.patch(path, json={"status": "active"})).status_code == 409


async def test_a_stale_edit_is_refused(officer, registered):
    merchant = await registered()
    path = f"/v1/merchants/{merchant['id']}"
    seen = (await officer.get(path)).headers["ETag"]

    first = await officer.patch(path, json={"market": "Chợ Đồng Thắng"}, headers={"If-Match": seen})
    second = await officer.patch(path, json={"market": "Chợ khác"}, headers={"If-Match": seen})

    assert first.status_code == 200
    assert second.status_code == 412


async def test_a_closed_merchant_does_not_change_any_more(officer, activated):
    merchant = await activated()
    path = f"/v1/merchants/{merchant['id']}"

    assert (await officer.patch(path, json={"status": "closed"})).json()["status"] == "closed"
    assert (await officer.patch(path, json={"status": "active"})).status_code == 409


async def test_a_partner_sees_the_merchants_it_serves(registered, calling):
    merchant = await registered()

    serving = calling("partner", partner_id="demo-bank")
    other = calling("partner", partner_id="demo-wallet")

    assert (await serving.get(f"/v1/merchants/{merchant['id']}")).status_code == 200
    assert (await other.get(f"/v1/merchants/{merchant['id']}")).status_code == 404
    assert (await serving.patch(f"/v1/merchants/{merchant['id']}", json={"status": "active"})).status_code == 403


async def test_merchants_are_found_by_name_with_or_without_accents_and_by_tax_code(officer, registered):
    greens = await registered()
    fish = await registered(name="Sạp cá Đồng Tiến", counter="2", owner={"tax_code": "2800654321"})

    async def found(q):
        return {one["id"] for one in (await officer.get("/v1/merchants", params={"q": q})).json()["items"]}

    assert await found("sap rau") == await found("Sạp RAU") == {greens["id"]}
    assert await found("dong tien") == await found("2800654321") == {fish["id"]}
    assert await found("  ") == {greens["id"], fish["id"]}
    assert await found("không có") == set()
    await officer.patch(f"/v1/merchants/{fish['id']}", json={"name": "Sạp tôm"})
    assert await found("tom") == {fish["id"]}


async def test_signs_of_a_pattern_are_letters_of_a_name(officer, registered):
    """`%` and `_` stand for themselves, so that no search for them answers everything."""
    await registered()
    sale = await registered(name="Giảm 50% a_b\\c", counter="2", owner={"tax_code": "2800654321"})

    for q, ids in (("50%", [sale["id"]]), ("a_b", [sale["id"]]), ("b\\c", [sale["id"]])):
        items = (await officer.get("/v1/merchants", params={"q": q})).json()["items"]
        assert [one["id"] for one in items] == ids, q
    for q in ("%%", "__", "S%p", "r_u", "\\\\", "//"):
        assert (await officer.get("/v1/merchants", params={"q": q})).json()["items"] == [], q


@pytest.mark.parametrize(
    ("written", "code"), [("Sạp chợ", "market_stall"), ("Tạp hóa", "shop"), ("điện lực", "electricity")]
)
async def test_a_category_is_read_by_the_name_that_people_write(registered, written, code):
    assert (await registered(category=written))["category"] == code


async def test_a_category_that_is_in_no_vocabulary_is_refused(officer, merchant_body):
    answer = await officer.post("/v1/merchants", json=merchant_body(category="bar"))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-code")
