"""Customer codes of residents: no one reads a stranger's bills by typing a stranger's code."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.access import AccessRecorded

PURPOSE = {"X-Purpose": "payment"}
CODE = "PD01000012345"


@pytest.fixture
async def point(activated):
    account = {"bin": "970415", "account_no": "112233445566", "account_name": "DIEN LUC"}
    return await activated(category="electricity", name="Điểm thu tiền điện", market=None, settlement=account)


@pytest.fixture
async def bill(officer, point):
    due_on = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    body = {"merchant_id": point["id"], "customer_code": CODE, "period": "2026-06", "amount": 185_000, "due_on": due_on}
    return (await officer.post("/v1/bills", json=body)).json()


@pytest.fixture
def link(owner, world, point):
    async def post(client=owner, **recent_bill):
        body = {"merchant_id": point["id"], "customer_code": CODE}
        proof = {"recent_bill": recent_bill} if recent_bill else {}
        return await client.post(f"/v1/residents/{world.resident}/utility-accounts", json=body | proof)

    return post


async def bills_of(client):
    return [bill["customer_code"] for bill in (await client.get("/v1/bills")).json()["items"]]


async def test_a_strangers_customer_code_shows_no_bill(owner, bill, link):
    claimed = await link()

    assert (claimed.status_code, claimed.json()["status"]) == (201, "pending")
    assert await bills_of(owner) == []
    assert (await owner.get(f"/v1/bills/{bill['id']}")).status_code == 404
    assert (await owner.get(f"/v1/qr-codes/{bill['qr_code_id']}")).status_code == 404


async def test_a_recent_bill_proves_the_code(owner, bill, link):
    wrong = await link(period="2026-06", amount=185_001)
    assert (wrong.json()["status"], await bills_of(owner)) == ("pending", [])

    right = await link(period="2026-06", amount=185_000)

    assert (right.json()["status"], await bills_of(owner)) == ("confirmed", [CODE])


async def test_amounts_cannot_be_guessed(owner, bill, link):
    answers = [await link(period="2026-06", amount=amount) for amount in range(185_006, 184_999, -1)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2
    assert await bills_of(owner) == []


async def test_guesses_at_once_are_counted_one_by_one(bill, link):
    import asyncio

    answers = await asyncio.gather(*(link(period="2026-06", amount=amount) for amount in range(1, 9)))

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 3


async def test_the_point_confirms_with_a_purpose_and_the_resident_sees_it(
    owner, officer, bill, link, point, published, world
):
    claim = (await link()).json()
    path = f"/v1/merchants/{point['id']}/utility-accounts"

    assert (await officer.get(path)).status_code == 428
    assert (await owner.get(path, headers=PURPOSE)).status_code == 404
    (listed,) = (await officer.get(path, params={"status": "pending"}, headers=PURPOSE)).json()["items"]
    confirmed = await officer.post(f"{path}/{claim['id']}/confirm", headers=PURPOSE)

    assert (listed["id"], confirmed.json()["status"]) == (claim["id"], "confirmed")
    assert await bills_of(owner) == [CODE]
    assert {event.resident_id for event in await published(AccessRecorded)} == {world.resident}


async def test_an_officer_of_the_suppliers_unit_links_at_the_desk(owner, officer, bill, link):
    assert (await link(officer)).json()["status"] == "confirmed"
    assert await bills_of(owner) == [CODE]


async def test_an_officer_elsewhere_links_a_claim_only(calling, bill, link, deliver, world, owner):
    neighbour = calling("officer", unit_code="15727-01", subject="village")

    assert (await link(neighbour)).json()["status"] == "pending"
    assert await bills_of(owner) == []


async def test_an_officer_reads_bills_of_a_known_resident_with_a_purpose(officer, bill, link, published, world):
    assert (await officer.get(f"/v1/bills/{bill['id']}")).status_code == 200
    await link(officer)

    for path in ("/v1/bills", f"/v1/bills/{bill['id']}"):
        assert (await officer.get(path)).status_code == 428
        assert (await officer.get(path, headers=PURPOSE)).status_code == 200
    assert [event.fields for event in await published(AccessRecorded)] == [["bills"]] * 2


async def test_an_unpaid_bill_is_cancelled_and_issued_again(
    officer, owner, point, bill, deliver, partner_event, settled
):
    path = f"/v1/bills/{bill['id']}"
    code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()

    cancelled = await officer.delete(path)
    await deliver(partner_event("qr.payment_settled", settled(amount=185_000, reference=code["reference"])))

    assert cancelled.status_code == 204
    assert (await officer.get(path)).json()["status"] == "cancelled"
    assert (await officer.delete(path)).status_code == 409
    (payment,) = (await officer.get("/v1/payments", headers=PURPOSE)).json()["items"]
    assert payment["outcome"] == "closed_code"
    body = {"merchant_id": point["id"], "customer_code": CODE, "period": "2026-06", "amount": 190_000}
    again = await officer.post("/v1/bills", json=body | {"due_on": bill["due_on"]})
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (201, bill["id"], "unpaid")
    assert again.json()["qr_code_id"] != bill["qr_code_id"]


@pytest.mark.parametrize("due_on", ["9999-12-31", "1970-01-01", 0, "20260630", "2026-6-30"])
async def test_a_due_date_out_of_the_calendar_or_in_another_form_is_refused(officer, point, due_on):
    body = {"merchant_id": point["id"], "customer_code": CODE, "period": "2026-06", "amount": 1, "due_on": due_on}

    answer = await officer.post("/v1/bills", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/due_on")


async def test_a_row_with_an_impossible_due_date_stops_no_other(officer, point):
    text = (
        "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán\n"
        f"{CODE};06/2026;85.000;31/12/9999\n"
        "PD01000012346;06/2026;85.000;30/06/2099\n"
    )
    files = {"file": ("bills.csv", text.encode(), "text/csv")}

    done = (await officer.post("/v1/bill-imports", data={"merchant_id": point["id"]}, files=files)).json()

    assert (done["created"], done["rejected"]) == (1, 1)
