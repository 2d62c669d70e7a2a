"""Activation of a market's list by a second officer: each stall for itself."""

import pytest

from contracts.payments_qr import MerchantActivated

FORM = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "provider": "demo-bank"}
HEADER = "Tên sạp,MST,Ngân hàng,Số tài khoản,Chủ tài khoản,Quầy\n"


@pytest.fixture
async def market(officer):
    rows = "".join(f"Sạp {n},03818001{n:04d},Agribank,35002051{n:05d},NGUYEN VAN A,{n}\n" for n in range(5))
    files = {"file": ("stalls.csv", (HEADER + rows).encode(), "text/csv")}
    made = (await officer.post("/v1/merchant-imports", data=FORM, files=files)).json()
    assert made["created"] == 5
    return {"unit_code": "15724", "market": "Chợ Đồng Tiến"}


async def test_a_second_officer_activates_a_market_and_the_posters_are_ready(
    officer, second_officer, market, published
):
    refused = (await officer.post("/v1/merchants/activations", json=market)).json()
    done = await second_officer.post("/v1/merchants/activations", json=market | {"issue_codes": True})
    again = (await second_officer.post("/v1/merchants/activations", json=market)).json()

    assert (refused["activated"], refused["refused"]) == (0, 5)
    assert {one["code"] for one in refused["items"]} == {"maker-is-checker"}
    assert (done.status_code, done.json()["activated"], done.json()["refused"]) == (200, 5, 0)
    assert {(one["result"], one["has_code"]) for one in done.json()["items"]} == {("activated", True)}
    assert again == {"activated": 0, "refused": 0, "items": []}
    assert len(await published(MerchantActivated)) == 5
    printed = await second_officer.get("/v1/merchants/posters.pdf", params=market | {"paper": "a4"})
    assert (printed.status_code, printed.content.count(b"/Type /Page\n") or printed.content.count(b"/Count 5")) != (
        200,
        0,
    )


async def test_one_stall_that_is_refused_stops_no_other(officer, second_officer, registered, market):
    own = await registered(name="Sạp của cán bộ thứ hai", counter="99")
    await second_officer.patch(f"/v1/merchants/{own['id']}", json={"counter": "98", "name": "Sạp 98"})
    listed = (await officer.get("/v1/merchants", params={"status": "submitted"})).json()["items"]

    body = market | {"merchant_ids": [one["id"] for one in listed], "issue_codes": True}
    done = (await second_officer.post("/v1/merchants/activations", json=body)).json()

    assert (done["activated"], done["refused"]) == (5, 1)
    results = {one["merchant_id"]: (one["result"], one["code"]) for one in done["items"]}
    assert results[own["id"]] == ("refused", "maker-is-checker")


async def test_a_whole_unit_is_activated_without_its_suppliers_and_counters(second_officer, registered, market):
    supplier = await registered(name="Trạm điện", category="electricity")
    body = {"unit_code": market["unit_code"], "issue_codes": True}

    swept = (await second_officer.post("/v1/merchants/activations", json=body)).json()
    named = (
        await second_officer.post("/v1/merchants/activations", json=body | {"merchant_ids": [supplier["id"]]})
    ).json()

    assert swept["activated"] == 5
    assert supplier["id"] not in [one["merchant_id"] for one in swept["items"]]
    assert [(one["merchant_id"], one["result"]) for one in named["items"]] == [(supplier["id"], "activated")]


async def test_another_units_officer_activates_nothing(calling, market):
    stranger = calling("officer", unit_code="15061", subject="far")

    assert (await stranger.post("/v1/merchants/activations", json=market)).status_code == 403
