"""Settlements belong to operators and their partner; two requests at once make one settlement, one merchant."""

import asyncio
from datetime import UTC, datetime

import pytest

from contracts.access import AccessRecorded

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}
PAYLOAD = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
OTHER_ACCOUNT = {"bin": "970436", "account_no": "0011223344556", "account_name": "NGUYEN VAN KHAC"}


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
