"""Imports of stalls and bills: preview, list, remarks, undo, template."""

import io

import openpyxl
import pytest

from contracts.payments_qr import BillCancelled, BillIssued, MerchantRegistered, MerchantUpdated
from tabular import read_table

STALLS = (
    "Tên sạp,MST,Ngân hàng,Số tài khoản,Chủ tài khoản,Quầy,Màu biển\n"
    "Sạp rau Chị Hạnh,038180012345,NN&PTNT,3500205123456,NGUYEN THI HANH,12,xanh\n"
    "Sạp cá Anh Tư,2800123456,Ngân hàng TMCP Ngoại thương Việt Nam,0011001234567,,13,đỏ\n"
    ",12,,,,,\n"
)
FORM = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "provider": "demo-bank"}
BILLS = (
    "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán\n"
    "PD01234567890;06/2026;185.000;30/06/2099\nPD09876543210;06/2026;85.000;30/06/2099\n"
)


@pytest.fixture
def import_stalls(officer):
    async def hand_in(text=STALLS, **query):
        files = {"file": ("stalls.csv", text.encode(), "text/csv")}
        return await officer.post("/v1/merchant-imports", data=FORM, files=files, params=query)

    return hand_in


@pytest.fixture
async def import_bills(officer, activated):
    point = await activated(category="electricity", name="Điện lực", market=None)

    async def hand_in(text=BILLS, **query):
        files = {"file": ("bills.csv", text.encode(), "text/csv")}
        data = {"merchant_id": point["id"]}
        return await officer.post("/v1/bill-imports", data=data, files=files, params=query)

    hand_in.point = point
    return hand_in


async def test_a_dry_run_shows_what_would_happen_and_writes_nothing(officer, import_stalls, published):
    answer = await import_stalls(dry_run="true")

    body = answer.json()
    assert answer.status_code == 200
    figures = {name: body[name] for name in ("total_rows", "created", "changed", "unchanged", "rejected", "warnings")}
    assert figures == {"total_rows": 3, "created": 2, "changed": 0, "unchanged": 0, "rejected": 1, "warnings": 2}
    assert {one["column"] for one in body["rejections"]} == {"Tên sạp", "MST", "Ngân hàng", "Số tài khoản"}
    assert {(one["row"], one["column"], one["code"]) for one in body["warning_list"]} == {
        (1, "Màu biển", "column-unknown"), (3, "Chủ tài khoản", "account-holder-missing"),
    }  # fmt: skip
    assert (await officer.get("/v1/merchants")).json()["items"] == []
    assert (await officer.get("/v1/merchant-imports")).json()["items"] == []
    assert await published(MerchantRegistered) == []
    assert (await import_stalls()).json()["created"] == 2


async def test_a_dry_run_of_bills_shows_old_and_new_values(import_bills):
    await import_bills()

    body = (await import_bills(BILLS.replace("85.000;30/06/2099\n", "90.000;01/07/2099\n"), dry_run="true")).json()
    again = (await import_bills(dry_run="true")).json()

    assert (body["changed"], body["unchanged"]) == (2, 0)
    assert {(one["row"], one["field"], one["old"], one["new"]) for one in body["changes"]} == {
        (2, "amount", "185000", "190000"), (2, "due_on", "2099-06-30", "2099-07-01"),
        (3, "amount", "85000", "90000"), (3, "due_on", "2099-06-30", "2099-07-01"),
    }  # fmt: skip
    assert (again["changed"], again["unchanged"]) == (0, 2)


async def test_imports_are_listed_with_who_and_when(officer, calling, import_stalls):
    made = (await import_stalls()).json()

    [listed] = (await officer.get("/v1/merchant-imports", params={"unit_code": "15724"})).json()["items"]
    stranger = calling("officer", unit_code="15061", subject="far")

    assert listed == made
    assert listed["created_by"] == {"role": "officer", "body": None, "unit_code": "15724"}
    assert (listed["unit_code"], listed["warnings"], listed["undone_at"]) == ("15724", 2, None)
    assert (await stranger.get("/v1/merchant-imports")).json()["items"] == []
    assert (await stranger.get(f"/v1/merchant-imports/{made['id']}/warnings")).status_code == 404
    assert (await stranger.post(f"/v1/merchant-imports/{made['id']}/undo")).status_code == 404
    as_csv = await officer.get(f"/v1/merchant-imports/{made['id']}/warnings", headers={"Accept": "text/csv"})
    assert as_csv.text.startswith("\ufeffrow,column,code,message\r\n")
    assert "Màu biển,column-unknown" in as_csv.text


async def test_the_undo_of_stalls_closes_unchanged_ones_and_names_the_others(
    officer, second_officer, import_stalls, published
):
    made = (await import_stalls()).json()
    fish, greens = sorted((await officer.get("/v1/merchants")).json()["items"], key=lambda one: one["name"])
    assert (await second_officer.patch(f"/v1/merchants/{fish['id']}", json={"status": "active"})).status_code == 200

    undone = await officer.post(f"/v1/merchant-imports/{made['id']}/undo")
    again = await officer.post(f"/v1/merchant-imports/{made['id']}/undo")

    assert (undone.status_code, undone.json()) == (202, {"id": made["id"], "status": "undone", "undone": 1, "kept": 1})
    assert again.json() == undone.json()
    report = (await officer.get(f"/v1/merchant-imports/{made['id']}/undo")).json()
    assert report == {
        "status": "undone",
        "undone": 1,
        "kept": [{"row": 3, "id": fish["id"], "reason": "active-since"}],
        "next_cursor": None,
    }
    assert (await officer.get(f"/v1/merchants/{greens['id']}")).json()["status"] == "closed"
    closed = [event for event in await published(MerchantUpdated) if event.status == "closed"]
    assert [str(event.merchant_id) for event in closed] == [greens["id"]]
    assert (await import_stalls()).json()["created"] == 1


async def test_the_undo_of_bills_cancels_new_ones_and_gives_changed_ones_their_old_terms(
    officer, import_bills, published, deliver, partner_event, settled
):
    first = (await import_bills()).json()
    third = "PD05555555555;06/2026;10.000;30/06/2099\n"
    second = (await import_bills(BILLS.replace("185.000;", "200.000;") + third)).json()

    undone = (await officer.post(f"/v1/bill-imports/{second['id']}/undo")).json()

    assert (second["created"], second["updated"], undone["undone"], undone["kept"]) == (1, 1, 2, 0)
    bills = {one["customer_code"]: one for one in (await officer.get("/v1/bills")).json()["items"]}
    assert (bills["PD01234567890"]["amount"], bills["PD01234567890"]["status"]) == (185_000, "unpaid")
    assert bills["PD05555555555"]["status"] == "cancelled"
    assert [event.amount for event in await published(BillCancelled)] == [10_000]
    assert len(await published(BillIssued)) == 5
    code = (await officer.get(f"/v1/qr-codes/{bills['PD09876543210']['qr_code_id']}")).json()
    await deliver(partner_event("qr.payment_settled", settled(amount=85_000, reference=code["reference"])))
    kept = (await officer.post(f"/v1/bill-imports/{first['id']}/undo")).json()
    reasons = (await officer.get(f"/v1/bill-imports/{first['id']}/undo")).json()["kept"]
    assert (kept["undone"], kept["kept"]) == (0, 2)
    assert {one["reason"] for one in reasons} == {"paid-since", "changed-since"}


@pytest.mark.parametrize(("path", "file"), [("merchant-imports", "stalls"), ("bill-imports", "bills")])
async def test_a_template_has_the_headings_that_the_import_reads(officer, path, file):
    answer = await officer.get(f"/v1/{path}/template.xlsx")

    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    from payments_qr.uploads import bills, stalls

    columns = {"stalls": stalls, "bills": bills}[file].COLUMNS
    assert headings[0] in ("Tên điểm bán", "Mã khách hàng")
    table = read_table(io.BytesIO(answer.content), columns)
    assert table.unknown == ()


async def test_a_provider_that_is_no_partner_is_refused(officer, import_stalls, merchant_body, calling):
    for provider in ("ngan-hang-la", "demo-bnk"):
        answer = await officer.post("/v1/merchants", json=merchant_body(provider=provider))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-partner")
    files = {"file": ("stalls.csv", STALLS.encode(), "text/csv")}
    listed = await officer.post("/v1/merchant-imports", data=FORM | {"provider": "la"}, files=files)
    operator = calling("operator", subject="op")
    form = {"partner_id": "la", "business_date": "2026-06-01"}
    settlement = await operator.post("/v1/settlements", data=form, files=files)

    assert (listed.status_code, listed.json()["errors"][0]["pointer"]) == (422, "/provider")
    assert (settlement.status_code, settlement.json()["errors"][0]["pointer"]) == (422, "/partner_id")
