"""Stall lists, bill files and settlements in every kind of file, as they are uploaded: each row is counted or named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from libs.tabular.tests.kinds import ROWS, kinds_of
from libs.tabular.tests.workbooks import as_xlsx

DAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
STALLS = ["Tên sạp", "Số CCCD", "Ngân hàng", "Số tài khoản", "Chủ tài khoản", "Số quầy"]
BILLS = ["Mã khách hàng", "Kỳ hóa đơn", "Số tiền", "Hạn thanh toán"]
SETTLEMENT = ["Mã giao dịch", "Loại giao dịch", "Số tiền", "Thời gian giao dịch"]
ONE_WRONG_ROW = {"one wrong byte": "unreadable-character", "open quote": "broken-quote"}
KINDS = list(
    zip(
        kinds_of(
            STALLS, lambda n: [f"Sạp cá {n}", f"03808511111{n}", "Agribank", f"350020512345{n}", "LE VAN A", str(n)]
        ),
        kinds_of(BILLS, lambda n: [f"PD0123456789{n}", "06/2026", "185.000", "30/06/2099"]),
        kinds_of(SETTLEMENT, lambda n: [f"FT{n}", "Thanh toán", "50.000", "01/06/2026 09:00:00"]),
        strict=True,
    )
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def hand_in(officer, calling, activated):
    """`await hand_in("stalls", content)` is the answer to an upload."""

    async def upload(what: str, content: bytes, *, dry_run: bool = False) -> Any:
        files = {"file": ("danh-sach.xlsx", content, XLSX)}
        query = {"dry_run": "true"} if dry_run else {}
        if what == "stalls":
            data = {"unit_code": "15724", "market": "Chợ Đồng Tiến", "provider": "demo-bank"}
            return await officer.post("/v1/merchant-imports", data=data, files=files, params=query)
        if what == "bills":
            data = {"merchant_id": (await activated(category="electricity", market=None))["id"]}
            return await officer.post("/v1/bill-imports", data=data, files=files, params=query)
        operator = calling("operator", subject="op")
        data = {"partner_id": "demo-bank", "business_date": "2026-06-01"}
        return await operator.post("/v1/settlements", data=data, files=files)

    return upload


@pytest.mark.parametrize("kinds", KINDS, ids=[kind[0][0] for kind in KINDS])
async def test_every_kind_of_file_is_read_with_every_row_or_refused_in_words(hand_in, kinds):
    wrong = ONE_WRONG_ROW.get(kinds[0][0])
    for what, (_, content, rows) in zip(("stalls", "bills", "settlement"), kinds, strict=True):
        answer = await hand_in(what, content, dry_run=what != "settlement")
        body = answer.json()
        if rows is None:
            assert (answer.status_code, body["type"]) == (422, "/problems/unreadable-file"), (what, body)
            assert len(body["detail"]) > 15
        elif what == "settlement" and wrong:  # taken whole or not at all
            assert (answer.status_code, body["errors"][0]["code"], body["row"]) == (422, wrong, 3), body
        elif what == "settlement":
            assert (answer.status_code, body["rows"], body["sum"]) == (201, ROWS, ROWS * 50_000), body
        else:
            assert answer.status_code == 200, (what, body)
            assert (body["total_rows"], body["created"], body["rejected"]) == (
                ROWS, ROWS - bool(wrong), int(bool(wrong)),
            ), (what, body)  # fmt: skip
            assert {(one["row"], one["code"]) for one in body["rejections"]} == ({(3, wrong)} if wrong else set())


@pytest.mark.parametrize(
    "written", ["1,500,000.00", "1.500.000,00", "+1,500,000", "1 500 000 đ", 1_500_000, 1_500_000.0]
)
async def test_an_amount_is_read_as_it_is_written_in_bills_and_settlements(hand_in, written):
    bills = as_xlsx([BILLS, ["PD01234567890", "06/2026", written, "30/06/2099"]]).getvalue()
    settlement = as_xlsx([SETTLEMENT, ["FT1", "Thanh toán", written, "01/06/2026 09:00:00"]]).getvalue()

    taken = (await hand_in("bills", bills)).json()
    compared = (await hand_in("settlement", settlement)).json()

    assert (taken["created"], compared["sum"]) == (1, 1_500_000)


@pytest.mark.parametrize("written", ["9.999.999.999.999.999.999", "99999999999999", "1.5E+13", "85.5"])
async def test_an_amount_that_cannot_be_is_named_by_the_heading_of_the_file(hand_in, written):
    bills = as_xlsx([BILLS, ["PD01234567890", "06/2026", written, "30/06/2099"]]).getvalue()
    settlement = as_xlsx([SETTLEMENT, ["FT1", "Thanh toán", written, "01/06/2026 09:00:00"]]).getvalue()

    [rejection] = (await hand_in("bills", bills, dry_run=True)).json()["rejections"]
    refused = await hand_in("settlement", settlement)

    assert (rejection["row"], rejection["column"]) == (2, "Số tiền")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/file/2/Số tiền")


async def test_each_file_names_the_columns_that_are_not_understood(hand_in):
    columns = {"stalls": STALLS, "bills": BILLS, "settlement": SETTLEMENT}
    rows = {
        "stalls": ["Sạp cá", "038085111112", "Agribank", "3500205123456", "LE VAN A", "1"],
        "bills": ["PD01234567890", "06/2026", "185.000", "30/06/2099"],
        "settlement": ["FT1", "Thanh toán", "50.000", "01/06/2026 09:00:00"],
    }
    for what, titles in columns.items():
        content = as_xlsx([[*titles, "Mã nội bộ"], [*rows[what], "x"]]).getvalue()
        body = (await hand_in(what, content, dry_run=what != "settlement")).json()
        warnings = body["warnings"] if what == "settlement" else body["warning_list"]
        assert [(one["column"], one["code"]) for one in warnings] == [("Mã nội bộ", "column-unknown")], what


async def test_the_account_of_a_list_that_lost_its_digits_is_refused_and_the_footer_of_a_settlement_is_no_payment(
    hand_in,
):
    """The files that a bank and a market really sent."""
    stalls = "\ufeffTên quầy;MST;Ngân hàng;Số tài khoản;Chủ tài khoản;Số quầy\r\n"
    stalls += "Quầy thịt;038085111112;Techcombank;1.9030413601018E13;LE VAN A;2\r\n"
    head = "\ufeffpartner_reference;type;amount;settled_at;original_reference\r\n"
    settlement = f"{head}FT13A;payment;50000;29/11/2026 09:00:00;\r\nTổng cộng;;50000;;\r\n"

    [lost] = (await hand_in("stalls", stalls.encode(), dry_run=True)).json()["rejections"]
    whole = (await hand_in("settlement", settlement.encode())).json()
    wrong = await hand_in("settlement", settlement.replace("Tổng cộng;;50000", "Tổng cộng;;50001").encode())

    assert (lost["row"], lost["column"], lost["code"]) == (2, "Số tài khoản", "digits-lost")
    assert (whole["rows"], whole["sum"]) == (1, 50_000)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "sum-differs")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "20261129", "0", "1764460800", "2100-01-01"])
async def test_a_business_date_that_is_none_is_refused(calling, world, day):
    files = {"file": ("s.csv", b"partner_reference,type,amount\nFT1,payment,1000\n", "text/csv")}
    operator = calling("operator", subject="op")

    answer = await operator.post(
        "/v1/settlements", data={"partner_id": "demo-bank", "business_date": day}, files=files
    )  # fmt: skip

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/business_date")
