"""A market year: 40 stalls from a workbook, activated by a second officer, a month of payments with refunds in parts, a
settlement each day as a workbook, a fee merchant replaced. In the end the books equal the bank's to the đồng."""

import io
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter

from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(900)  # the first test waits for the whole platform and its demo

COMMUNE, BANK = "15724", "demo-bank"
STALLS, DAYS = 40, 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_DAY = date(2026, 9, 1)


@dataclass
class BankBooks:
    """What the bank knows: movements by day, and what each stall received."""

    run: str
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    days: dict[date, list[tuple[str, str, int, datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    received: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.received.values())


def workbook(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def new_officer(api: ApiClient) -> dict[str, str]:
    """Another officer of the commune: each token is a new account."""
    body = {"role": "officer", "unit_code": COMMUNE}
    token = success(api.request("POST", "/dev/token", json=body)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_books_of_a_market_equal_those_of_its_bank(api: ApiClient) -> None:
    run = f"{int(time.time())}"
    maker, checker = new_officer(api), new_officer(api)
    market = f"Chợ Thử {run}"
    stalls = open_market(api, maker, checker, market, run)
    books = BankBooks(run)
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        trade(api, books, stalls, day)
        assert eventually(lambda: total_of(api, maker, market) == books.total, 60)
        settle(api, books, day)
    totals = {one["merchant_id"]: one["amount"] for one in totals_of(api, maker, market)}
    assert {stall: amount for stall, amount in totals.items() if amount} == {
        stall: amount for stall, amount in books.received.items() if amount
    }
    [of_market] = [
        one
        for one in api.get("/v1/payments/market-totals", params={"unit_code": COMMUNE}, who=maker)["items"]
        if one["market"] == market
    ]
    assert of_market["amount"] == books.total


def open_market(api: ApiClient, maker: dict[str, str], checker: dict[str, str], market: str, run: str) -> list[str]:
    """40 stalls from a workbook; the maker cannot activate them, the checker does, with codes and posters."""
    head = ["STT", "Tên sạp", "MST/CCCD", "Ngân hàng", "Số tài khoản", "Chủ tài khoản", "Quầy"]
    rows = [
        [
            n,
            f"Sạp thử {run} số {n}",
            f"0381{n:02d}{run[-6:]}",
            "Ngân hàng NN&PTNT",
            f"35{run[-8:]}{n:03d}",
            "NGUOI THU",
            str(n),
        ]
        for n in range(STALLS)
    ]
    files = {"file": ("stalls.xlsx", workbook([[f"DANH SÁCH {market}"], [], head, *rows]), XLSX)}
    form = {"unit_code": COMMUNE, "market": market, "provider": BANK}
    preview = success(
        api.request("POST", "/v1/merchant-imports", data=form, files=files, who=maker, params={"dry_run": "true"})
    ).json()
    made = success(api.request("POST", "/v1/merchant-imports", data=form, files=files, who=maker)).json()
    assert preview["created"] == made["created"] == STALLS, made
    body = {"unit_code": COMMUNE, "market": market, "issue_codes": True}
    assert api.post("/v1/merchants/activations", body, who=maker)["activated"] == 0
    done = api.post("/v1/merchants/activations", body, who=checker)
    assert done["activated"] == STALLS
    assert all(one["has_code"] for one in done["items"])
    posters = success(
        api.request("GET", "/v1/merchants/posters.pdf", params={"unit_code": COMMUNE, "market": market}, who=checker)
    )
    assert posters.content.startswith(b"%PDF-")
    return [one["merchant_id"] for one in done["items"]]


def trade(api: ApiClient, books: BankBooks, stalls: list[str], day: date) -> None:
    """A day: payments, some reported twice, some given back in parts or whole."""
    for number in range(books.chance.randint(2, 5)):
        reference = f"FT{books.run}{day:%m%d}{number}"
        stall = books.chance.choice(stalls)
        amount = books.chance.randint(1, 400) * 500
        at = datetime(day.year, day.month, day.day, 2 + number, tzinfo=UTC)
        report = {
            "partner_reference": reference, "amount": amount, "currency": "VND", "settled_at": at.isoformat(),
            "merchant_id": stall,
        }  # fmt: skip
        for _ in range(books.chance.choice([1, 1, 2])):
            assert api.webhook(BANK, "qr.payment_settled", report).status_code == 202
        books.days[day].append((reference, "Thanh toán", amount, at, ""))
        books.received[stall] += amount
        left = amount
        for part in range(books.chance.choice([0, 0, 0, 1, 2])):
            given = left if books.chance.random() < 0.2 else books.chance.randint(1, max(left // 2, 1))
            if not left:
                break
            left -= given
            back = {
                "partner_reference": f"{reference}R{part}", "original_reference": reference, "amount": given,
                "reversed_at": (at + timedelta(minutes=part + 1)).isoformat(),
            }  # fmt: skip
            assert api.webhook(BANK, "qr.payment_reversed", back).status_code == 202
            books.days[day].append((f"{reference}R{part}", "Hoàn tiền", given, at, reference))
            books.received[stall] -= given


def settle(api: ApiClient, books: BankBooks, day: date) -> None:
    """The bank's file of a day as a workbook: every row matches what was recorded."""
    rows = [
        [number, reference, kind, amount, f"{at + timedelta(hours=7):%d/%m/%Y %H:%M:%S}", original]
        for number, (reference, kind, amount, at, original) in enumerate(books.days[day], 1)
    ]
    head = ["STT", "Mã giao dịch", "Loại", "Số tiền", "Thời gian giao dịch", "Mã giao dịch gốc"]
    net = sum(amount if kind == "Thanh toán" else -amount for _, kind, amount, _, _ in books.days[day])
    content = workbook([["SAO KÊ ĐỐI SOÁT"], head, *rows, ["Tổng cộng", "", "", net]])
    form = {"partner_id": BANK, "business_date": day.isoformat()}
    files = {"file": ("settlement.xlsx", content, XLSX)}
    answer = success(api.request("POST", "/v1/settlements", data=form, files=files, who=api.operator())).json()
    assert (answer["rows"], answer["sum"]) == (len(rows), net)
    assert (answer["matched"], answer["missing_here"], answer["amount_mismatch"]) == (len(rows), 0, 0)


def totals_of(api: ApiClient, who: dict[str, str], market: str) -> list[dict[str, Any]]:
    params = {"unit_code": COMMUNE, "market": market}
    return list(api.list_all("/v1/payments/merchant-totals", params=params, who=who))


def total_of(api: ApiClient, who: dict[str, str], market: str) -> int:
    return sum(one["amount"] for one in totals_of(api, who, market))


def test_a_fee_merchant_is_replaced_by_two_officers(api: ApiClient) -> None:
    maker, checker = new_officer(api), new_officer(api)
    path = f"/v1/units/{COMMUNE}/fee-merchant"
    before = api.get(path, who=maker)["merchant_id"]
    run = f"{int(time.time())}"
    body = {
        "name": f"Bộ phận một cửa {run}", "category": "public_service", "unit_code": COMMUNE, "provider": BANK,
        "owner": {"tax_code": "2800123456"},
        "settlement": {"bin": "970405", "account_no": f"77{run}", "account_name": "UBND XA"},
    }  # fmt: skip
    merchant = api.post("/v1/merchants", body, who=maker)["id"]
    success(api.request("PATCH", f"/v1/merchants/{merchant}", json={"status": "active"}, who=checker))
    try:
        pending = success(api.request("PUT", path, json={"merchant_id": merchant}, who=maker)).json()
        assert (pending["merchant_id"], pending["pending"]["merchant_id"]) == (before, merchant)
        named = success(api.request("PUT", path, json={"merchant_id": merchant}, who=checker)).json()
        assert named["merchant_id"] == merchant
    finally:
        if before is not None:
            for officer in (maker, checker):
                success(api.request("PUT", path, json={"merchant_id": before}, who=officer))
