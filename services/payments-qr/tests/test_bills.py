"""Bills of electricity and water points, residents' own bills, and the fees of dossiers."""

from datetime import UTC, date, datetime
from time import monotonic

import pytest

from chassis.ids import new_id
from contracts.casework import DossierFeeRequested, DossierSubmitted
from contracts.payments_qr import BillPaid, FeeUncollectable, QrIssued

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PURPOSE = {"X-Purpose": "payment"}


@pytest.fixture
async def point(activated):
    account = {"bin": "970415", "account_no": "112233445566", "account_name": "DIEN LUC"}
    return await activated(category="electricity", name="Điểm thu tiền điện", market=None, settlement=account)


def bill_body(point, **changes):
    body = {"merchant_id": point["id"], "customer_code": "PD01000012345", "period": "2026-06", "amount": 185_000}
    return body | {"due_on": "2099-06-30"} | changes


def fee(dossier_id, unit_id, unit_code="15727-01", amount=8_000):
    return DossierFeeRequested(
        dossier_id=dossier_id, unit_id=unit_id, unit_code=unit_code, dossier_code="H56.15724-261121-0001",
        amount=amount, due_on=date(2099, 6, 30), at=NOON,
    )  # fmt: skip


def submitted(dossier_id, world):
    return DossierSubmitted(
        dossier_id=dossier_id, version=1, unit_id=world.village, unit_code="15727-01", procedure_code="2.000635",
        status="submitted", national_status=1, channel=2, origin="here", at=NOON, resident_id=world.resident,
    )  # fmt: skip


async def test_a_bill_comes_with_a_code_that_pays_exactly_this_bill(officer, point):
    bill = (await officer.post("/v1/bills", json=bill_body(point))).json()
    code = (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()
    decoded = (await officer.post("/v1/qr-codes/decode", json={"payload": code["payload"]})).json()

    assert (bill["status"], code["bill_id"], decoded["amount"]) == ("unpaid", bill["id"], 185_000)
    assert (decoded["customer_label"], decoded["mcc"], decoded["reference"]) == (
        "PD01000012345",
        "4900",
        code["reference"],
    )
    assert decoded["purpose"] == f"{code['reference']} T06-2026"
    again = await officer.post("/v1/bills", json=bill_body(point, amount=1))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/bill-exists")


async def test_a_bill_past_its_date_is_overdue_and_its_code_expires_later(officer, point):
    bill = (await officer.post("/v1/bills", json=bill_body(point, due_on="2020-01-31"))).json()

    listed = (await officer.get("/v1/bills", params={"status": "overdue"})).json()["items"]
    assert [row["id"] for row in listed] == [bill["id"]]
    assert (await officer.get(f"/v1/qr-codes/{bill['qr_code_id']}")).json()["status"] == "expired"


async def test_a_resident_finds_their_own_bills_by_a_linked_customer_code(officer, owner, point, world, calling):
    await officer.post("/v1/bills", json=bill_body(point))
    await officer.post("/v1/bills", json=bill_body(point, customer_code="PD01000099999"))
    path = f"/v1/residents/{world.resident}/utility-accounts"
    assert (await owner.get("/v1/bills")).json()["items"] == []

    proof = {"recent_bill": {"period": "2026-06", "amount": 185_000}}
    link = await owner.post(path, json={"merchant_id": point["id"], "customer_code": "pd 01000012345"} | proof)
    again = await owner.post(path, json={"merchant_id": point["id"], "customer_code": "PD01000012345"})

    assert (link.status_code, link.json()["status"]) == (201, "confirmed")
    assert again.json()["id"] == link.json()["id"]
    (bill,) = (await owner.get("/v1/bills")).json()["items"]
    assert bill["customer_code"] == "PD01000012345"
    assert (await owner.get(f"/v1/qr-codes/{bill['qr_code_id']}/image")).status_code == 200
    other = calling("resident", resident_id=new_id(), subject="other")
    assert (await other.get(f"/v1/bills/{bill['id']}")).status_code == 404
    assert (await other.post(path, json={"merchant_id": point["id"], "customer_code": "PD0"})).status_code == 404
    assert (await officer.get("/v1/bills", params={"resident_id": str(world.resident)})).status_code == 428
    assert (await owner.delete(f"{path}/{link.json()['id']}")).status_code == 204
    assert (await owner.get("/v1/bills")).json()["items"] == []


async def test_a_dossiers_fee_is_a_bill_of_the_units_fee_merchant(
    owner, fee_merchant, world, deliver, partner_event, settled, published
):
    await fee_merchant()
    dossier_id = new_id()

    await deliver(submitted(dossier_id, world), fee(dossier_id, world.village), fee(dossier_id, world.village))

    (issued,) = await published(QrIssued)
    assert (issued.dossier_id, issued.amount, issued.kind) == (dossier_id, 8_000, "dynamic")
    (bill,) = (await owner.get("/v1/bills")).json()["items"]
    code = (await owner.get(f"/v1/qr-codes/{issued.qr_code_id}")).json()
    assert (bill["dossier_id"], bill["status"], code["amount"]) == (str(dossier_id), "unpaid", 8_000)

    await deliver(partner_event("qr.payment_settled", settled(amount=8_000, reference=code["reference"])))
    (paid,) = await published(BillPaid)
    assert (paid.dossier_id, paid.amount) == (dossier_id, 8_000)


async def test_without_a_named_merchant_the_fee_is_paid_at_the_counter(activated, world, deliver, published):
    await activated(category="public_service", name="Một cửa chưa được chỉ định", market=None)
    await activated(category="shop", name="Cửa hàng")

    await deliver(fee(new_id(), world.village))
    await deliver(fee(new_id(), world.elsewhere, "15061"))

    assert [event.reason for event in await published(FeeUncollectable)] == ["no-public-service-merchant"] * 2
    assert await published(QrIssued) == []


async def test_the_fee_merchant_of_the_nearest_unit_receives_the_fee(fee_merchant, world, deliver, published):
    commune = await fee_merchant(name="Một cửa xã")
    village = await fee_merchant("15727-01", name="Một cửa thôn", unit_code="15727-01")

    await deliver(fee(new_id(), world.village), fee(new_id(), world.commune, "15724"))

    assert [str(event.merchant_id) for event in await published(QrIssued)] == [village["id"], commune["id"]]


async def test_a_bill_file_makes_bills_and_names_every_wrong_cell(officer, point):
    text = (
        "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán\n"
        "PD01000012345;06/2026;185.000;30/06/2099\n"
        "PD01000012346;06/2026;85.000;30/06/2099\n"
        "x;13/2026;0;hôm qua\n"
    ).encode()

    async def hand_in(content):
        files = {"file": ("bills.csv", content, "text/csv")}
        answer = await officer.post("/v1/bill-imports", data={"merchant_id": point["id"]}, files=files)
        assert answer.status_code == 202, answer.text
        return answer.json()

    first, same = await hand_in(text), await hand_in(text)
    changed = await hand_in(text.replace(b"85.000;30/06/2099\nx", b"90.000;30/06/2099\nx"))

    figures = {name: first[name] for name in ("total_rows", "created", "updated", "unchanged", "rejected")}
    assert figures == {"total_rows": 3, "created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    assert same["id"] == first["id"]
    assert (changed["created"], changed["updated"], changed["unchanged"]) == (0, 1, 1)
    path = f"/v1/bill-imports/{first['id']}/rejections"
    rows = (await officer.get(path)).json()["items"]
    assert {(row["row"], row["column"]) for row in rows} == {
        (4, "Mã khách hàng"), (4, "Kỳ hóa đơn"), (4, "Số tiền"), (4, "Hạn thanh toán"),
    }  # fmt: skip
    as_csv = await officer.get(path, headers={"Accept": "text/csv", "Accept-Language": "en"})
    assert as_csv.headers["content-type"].startswith("text/csv")
    assert "The amount must be positive." in as_csv.text


async def test_a_markets_stall_list_is_registered_once(officer, second_officer):
    text = (
        "Tên sạp,MST,Ngân hàng,Số tài khoản,Quầy\n"
        "Sạp rau Chị Hạnh,038180012345,Agribank,3500205123456,12\n"
        "Sạp cá Anh Tư,2800123456,Ngân hàng Vietcombank,0011001234567,13\n"
        "Sạp thịt,2800123457,Ngân hàng Không Có,001,14\n"
        ",12,,,\n"
    ).encode()
    form = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "provider": "demo-bank"}

    async def hand_in(content):
        files = {"file": ("stalls.csv", content, "text/csv")}
        return (await officer.post("/v1/merchant-imports", data=form, files=files)).json()

    first = await hand_in(text)
    more = await hand_in(text + "Sạp hoa,2800123458,970436,0011009999999,15\n".encode())

    assert (first["created"], first["rejected"], first["total_rows"]) == (2, 2, 4)
    assert (more["created"], more["unchanged"]) == (1, 2)
    listed = (await officer.get("/v1/merchants", params={"market": "Chợ Đồng Tiến"})).json()["items"]
    assert {(row["name"], row["status"], row["counter"]) for row in listed} >= {("Sạp cá Anh Tư", "submitted", "13")}
    assert (await officer.patch(f"/v1/merchants/{listed[0]['id']}", json={"status": "active"})).status_code == 409
    assert (
        await second_officer.patch(f"/v1/merchants/{listed[0]['id']}", json={"status": "active"})
    ).status_code == 200
    rows = (await officer.get(f"/v1/merchant-imports/{first['id']}/rejections")).json()["items"]
    assert (4, "Ngân hàng", "unknown-bin") in {(row["row"], row["column"], row["code"]) for row in rows}
    assert {row["column"] for row in rows if row["row"] == 5} == {"Tên sạp", "MST", "Ngân hàng", "Số tài khoản"}


async def test_another_units_officer_gets_the_same_answer_after_the_same_time_for_a_resident_and_an_unknown_id(
    calling, world
):
    neighbour = calling("officer", unit_code="15061", subject="neighbour")

    for resident_id in (world.resident, new_id()):
        began = monotonic()
        answer = await neighbour.get(f"/v1/residents/{resident_id}/utility-accounts", headers=PURPOSE)
        assert (answer.status_code, monotonic() - began >= 1.0) == (404, True), answer.text
