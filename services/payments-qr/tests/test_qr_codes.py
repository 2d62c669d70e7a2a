"""QR codes over HTTP: issued, decoded, drawn, printed, and imported from banks."""

import io
from datetime import UTC, datetime, timedelta

import zxingcpp
from PIL import Image

from contracts.payments_qr import MerchantUpdated, QrIssued

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
BAD = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"


async def issue(client, merchant, **body):
    return await client.post(f"/v1/merchants/{merchant['id']}/qr-codes", json=body)


async def decode(client, payload, **headers):
    return await client.post("/v1/qr-codes/decode", json={"payload": payload}, headers=headers)


async def test_a_static_code_pays_into_the_settlement_account(officer, activated, published):
    merchant = await activated()

    code = (await issue(officer, merchant, kind="static", counter="Quầy 12")).json()
    decoded = (await decode(officer, code["payload"])).json()

    assert (decoded["initiation"], decoded["bin"], decoded["account_no"]) == ("static", "970405", "3500205123456")
    assert (decoded["service_code"], decoded["amount"], decoded["reference"]) == ("QRIBFTTA", None, None)
    assert (decoded["merchant_name"], decoded["terminal_label"], decoded["mcc"]) == (
        "SAP RAU CHI HANH",
        "Quay 12",
        "5499",
    )
    assert decoded["warnings"] == []
    (issued,) = await published(QrIssued)
    assert (issued.kind, str(issued.qr_code_id)) == ("static", code["id"])
    assert [event.has_qr for event in await published(MerchantUpdated)] == [True]
    assert "3500205123456" not in issued.model_dump_json()


async def test_a_dynamic_code_carries_its_reference_in_the_memo_too(officer, activated):
    merchant = await activated()
    expires = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    code = (await issue(officer, merchant, kind="dynamic", amount=85_000, expires_at=expires)).json()
    decoded = (await decode(officer, code["payload"])).json()

    assert (decoded["initiation"], decoded["amount"]) == ("dynamic", 85_000)
    assert decoded["reference"] == code["reference"] == decoded["purpose"]
    assert code["status"] == "active"


async def test_a_chosen_reference_is_unique_per_merchant_even_without_its_punctuation(officer, activated):
    merchant, other = await activated(), await activated(name="Sạp cá", counter="2")

    first = await issue(officer, merchant, kind="dynamic", amount=1_000, reference="HD-2026-01", purpose="Tiền rau")
    again = await issue(officer, merchant, kind="dynamic", amount=1_000, reference="hd202601")

    assert (await decode(officer, first.json()["payload"])).json()["purpose"] == "HD-2026-01 Tien rau"
    assert (again.status_code, again.json()["type"]) == (409, "/problems/reference-exists")
    assert (await issue(officer, other, kind="dynamic", amount=1_000, reference="HD-2026-01")).status_code == 201


async def test_content_that_does_not_fit_is_refused_by_field_and_never_cut(officer, activated):
    merchant = await activated()

    too_long = await issue(officer, merchant, kind="dynamic", amount=1_000, reference="X" * 26)
    no_amount = await issue(officer, merchant, kind="dynamic")
    fraction = await issue(officer, merchant, kind="dynamic", amount=10.5)
    past = await issue(officer, merchant, kind="dynamic", amount=5, expires_at="2020-01-01T00:00:00Z")
    long_counter = await issue(officer, merchant, kind="static", counter="Quầy rau củ quả sạch số mười hai")

    assert [answer.json()["errors"][0]["pointer"] for answer in (too_long, no_amount, fraction, past, long_counter)] == [
        "/reference", "/amount", "/amount", "/expires_at", "/counter",
    ]  # fmt: skip
    assert {answer.status_code for answer in (too_long, no_amount, fraction, past, long_counter)} == {422}


async def test_a_merchant_that_is_not_active_issues_nothing(officer, registered):
    answer = await issue(officer, await registered(), kind="static")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/merchant-not-active"


async def test_every_fault_of_an_invalid_payload_is_reported_in_the_requested_language(officer):
    vietnamese = await decode(officer, BAD)
    english = await decode(officer, BAD, **{"Accept-Language": "en"})

    assert vietnamese.status_code == 422
    assert vietnamese.json()["type"] == "/problems/invalid-qr"
    errors = vietnamese.json()["errors"]
    assert {error["pointer"] for error in errors} & {"/38/01/01", "/38", "/38/01", "/38/02"}
    assert all(set(error) == {"pointer", "code", "message", "offset"} for error in errors)
    assert errors[0]["message"] != english.json()["errors"][0]["message"]


async def test_a_picture_of_a_code_scans(officer, activated):
    code = (await issue(officer, await activated(), kind="static")).json()

    png = await officer.get(f"/v1/qr-codes/{code['id']}/image", params={"format": "png"})
    svg = await officer.get(f"/v1/qr-codes/{code['id']}/image", params={"format": "svg"})

    assert [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)))] == [code["payload"]]
    assert png.headers["content-type"] == "image/png"
    assert svg.headers["content-type"] == "image/svg+xml"
    assert (await officer.get(f"/v1/qr-codes/{code['id']}/image", params={"format": "gif"})).status_code == 400


async def test_posters_of_a_stall_and_of_a_whole_market(officer, owner, activated):
    merchant, other = await activated(), await activated(name="Sạp cá", counter="2")
    nothing = await officer.get("/v1/merchants/posters.pdf", params={"unit_code": "15724"})
    for one in (merchant, other):
        await issue(officer, one, kind="static")

    alone = await officer.get(f"/v1/merchants/{merchant['id']}/poster.pdf")
    market = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "paper": "a6"}
    together = await officer.get("/v1/merchants/posters.pdf", params=market)

    assert (nothing.status_code, nothing.json()["type"]) == (404, "/problems/nothing-to-print")
    assert alone.headers["content-type"] == together.headers["content-type"] == "application/pdf"
    assert b"/Count 1" in alone.content
    assert b"/Count 2" in together.content
    assert (await owner.get("/v1/merchants/posters.pdf", params=market)).status_code == 403


async def test_an_external_code_is_imported_and_its_account_compared(officer, activated):
    merchant, elsewhere = (
        await activated(),
        await activated(
            name="Sạp cá", settlement={"bin": "970436", "account_no": "0011001234567", "account_name": "A"}
        ),
    )
    own = (await issue(officer, merchant, kind="static")).json()["payload"]

    same = (await issue(officer, merchant, kind="external", payload=own)).json()
    again = (await issue(officer, merchant, kind="external", payload=own)).json()
    other = (await issue(officer, elsewhere, kind="external", payload=own)).json()
    bad = await issue(officer, merchant, kind="external", payload=BAD)

    assert (same["kind"], same["account_matches"]) == ("external", True)
    assert again["id"] == same["id"]
    assert other["account_matches"] is False
    assert (bad.status_code, bad.json()["type"]) == (422, "/problems/invalid-qr")


async def test_a_banks_event_adds_its_code_and_its_merchant(officer, world, deliver, partner_event):
    payload = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
    data = {
        "owner": {"personal_id": "038180012345"}, "name": "Quán phở Hà", "category": "shop", "unit_code": "15724",
        "payload": payload,
    }  # fmt: skip

    await deliver(partner_event("merchant.qr_issued", data), partner_event("merchant.qr_issued", data))

    (merchant,) = (await officer.get("/v1/merchants")).json()["items"]
    assert (merchant["status"], merchant["has_qr"], merchant["provider"]) == ("active", True, "demo-bank")
    assert merchant["owner"]["tax_code"] == "038*******45"
    (code,) = (await officer.get(f"/v1/merchants/{merchant['id']}/qr-codes")).json()["items"]
    assert (code["kind"], code["payload"]) == ("external", payload)


async def test_a_code_is_hidden_from_strangers(officer, owner, activated, calling):
    code = (await issue(officer, await activated(), kind="static")).json()

    assert (await owner.get(f"/v1/qr-codes/{code['id']}")).status_code == 404
    assert (await calling("officer", unit_code="15061").get(f"/v1/qr-codes/{code['id']}")).status_code == 404
    assert (await calling().get(f"/v1/qr-codes/{code['id']}")).status_code == 401


async def test_a_code_that_was_issued_by_mistake_is_revoked(
    officer, second_officer, calling, activated, deliver, partner_event, settled, published
):
    merchant = await activated()
    wrong, right = [(await issue(officer, merchant, kind="static", counter=counter)).json() for counter in "78"]
    path = f"/v1/qr-codes/{wrong['id']}"
    refused = [
        await calling("officer", unit_code="15061").delete(path),
        await calling("partner", partner_id="demo-bank").delete(path),
    ]

    revoked, again = await second_officer.delete(path), await officer.delete(path)

    poster = await officer.get(f"/v1/merchants/{merchant['id']}/poster.pdf")
    invalid = await decode(officer, wrong["payload"])
    assert ([answer.status_code for answer in refused], revoked.status_code) == ([404, 403], 204)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/code-not-open")
    assert ((await officer.get(path)).json()["status"], invalid.status_code) == ("revoked", 422)
    assert b"/Count 1" in poster.content
    assert (await officer.get(f"/v1/merchants/{merchant['id']}")).json()["has_qr"] is True
    assert (await officer.delete(f"/v1/qr-codes/{right['id']}")).status_code == 204
    assert (await officer.get(f"/v1/merchants/{merchant['id']}")).json()["has_qr"] is False
    assert (await published(MerchantUpdated))[-1].has_qr is False
    found = (await officer.get("/v1/payment-acts", params={"about_id": wrong["id"]})).json()["items"]
    assert [(act["act"], act["actor"], act["before"]["counter"]) for act in found] == [("code.revoked", "second", "7")]


async def test_the_code_of_a_bill_goes_with_the_bill(officer, activated):
    point = await activated(category="electricity", market=None)
    body = {"merchant_id": point["id"], "customer_code": "PD01", "period": "2026-06", "amount": 185_000}
    bill = (await officer.post("/v1/bills", json=body | {"due_on": "2099-06-30"})).json()

    refused = await officer.delete(f"/v1/qr-codes/{bill['qr_code_id']}")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/code-of-bill")


async def test_banks_are_public_and_dated(calling):
    public = calling()

    today = (await public.get("/v1/banks")).json()["items"]
    before = (await public.get("/v1/banks", params={"as_of": "2025-01-01"})).json()["items"]

    assert next(bank["short_name"] for bank in today if bank["bin"] == "970406") == "Vikki Bank"
    assert next(bank["short_name"] for bank in before if bank["bin"] == "970406") == "DongA Bank"


async def test_the_gateway_learns_whether_an_order_is_known(officer, activated, calling):
    merchant = await activated()
    code = (await issue(officer, merchant, kind="dynamic", amount=85_000)).json()
    gateway = calling("service", subject="gateway")

    async def result(**changes):
        body = {"partner_id": "demo-bank", "reference": code["reference"], "amount": 85_000} | changes
        answer = await gateway.post("/v1/qr-codes/orders", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    assert await result() == await result(reference=f"MBVCB.123 {code['reference'].lower()}") == "known"
    assert await result(amount=85_001) == "wrong_amount"
    assert await result(partner_id="demo-wallet") == await result(reference="BKKHONGCO") == "unknown"
    assert (await officer.post("/v1/qr-codes/orders", json={})).status_code == 403


async def test_an_invalid_payload_is_refused_with_422(calling):
    resident = calling("resident")

    for payload in ("", "x", "0" * 19_000, "https://a.vn/?data=", "\u0000", "đ" * 500):
        assert (await decode(resident, payload)).status_code == 422
