"""The manager of a market: stalls, posters and sums of this market; no payment, no account holder, no other market."""

from datetime import UTC, datetime

import pytest

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


@pytest.fixture
def manager(calling, world):
    return calling("resident", resident_id=world.resident, subject="manager")


@pytest.fixture
def naming(officer, world):
    async def name(market="Chợ Đồng Tiến"):
        body = {"unit_code": "15724", "market": market, "resident_id": str(world.resident)}
        answer = await officer.post("/v1/market-managers", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return name


async def test_a_manager_sees_stalls_posters_and_sums_of_the_market_and_no_payment(
    officer, second_officer, manager, naming, activated, deliver, partner_event, settled
):
    stall = await activated(counter="1")
    await activated(name="Sạp chợ khác", market="Chợ Đồng Thắng")
    await officer.post(f"/v1/merchants/{stall['id']}/qr-codes", json={"kind": "static"})
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=stall["id"])))
    named = await naming()
    assert (await manager.get("/v1/merchants")).json()["items"] == []
    assert (await officer.post(f"/v1/market-managers/{named['id']}/confirm")).status_code == 409
    confirmed = (await second_officer.post(f"/v1/market-managers/{named['id']}/confirm")).json()

    listed = (await manager.get("/v1/merchants")).json()["items"]
    totals = (await manager.get("/v1/payments/merchant-totals")).json()["items"]
    query = {"unit_code": "15724", "market": "Chợ Đồng Tiến"}
    printed = await manager.get("/v1/merchants/posters.pdf", params=query)
    elsewhere = await manager.get("/v1/merchants/posters.pdf", params=query | {"market": "Chợ Đồng Thắng"})

    assert confirmed["status"] == "active"
    assert [one["id"] for one in listed] == [stall["id"]]
    assert listed[0]["settlement"]["account_name"] is None
    assert [(one["merchant_id"], one["amount"]) for one in totals] == [(stall["id"], 50_000)]
    assert (printed.status_code, elsewhere.status_code) == (200, 404)
    assert (await manager.get("/v1/payments")).json()["items"] == []
    assert (await manager.patch(f"/v1/merchants/{stall['id']}", json={"name": "x"})).status_code == 403
    assert (await manager.post(f"/v1/merchants/{stall['id']}/qr-codes", json={"kind": "static"})).status_code == 403

    assert (await officer.delete(f"/v1/market-managers/{named['id']}")).status_code == 204
    assert (await manager.get("/v1/merchants")).json()["items"] == []
    assert (await officer.get(f"/v1/market-managers/{named['id']}")).json()["status"] == "ended"


async def test_another_units_officer_names_and_sees_no_manager(calling, naming, world):
    named = await naming()
    stranger = calling("officer", unit_code="15061", subject="far")
    body = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "resident_id": str(world.resident)}

    assert (await stranger.post("/v1/market-managers", json=body)).status_code == 403
    assert (await stranger.get("/v1/market-managers")).json()["items"] == []
    for method, path in (("GET", ""), ("POST", "/confirm"), ("DELETE", "")):
        answer = await stranger.request(method, f"/v1/market-managers/{named['id']}{path}")
        assert answer.status_code == 404
