"""The official report and the API have the same figures: every figure of every table is compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from chassis.ids import new_id
from contracts.onboarding import Target
from contracts.payments_qr import MerchantActivated, PaymentSettled
from reporting.indicators import catalogue
from reporting.texts import Texts
from services.reporting.tests.conftest import OPENED_AT, completed, registered, unit_id
from services.reporting.tests.test_reports import campaign

pytestmark = pytest.mark.usefixtures("units")

TEXTS = Texts("vi")
FIRST, LAST = OPENED_AT.date(), OPENED_AT.date() + timedelta(days=6)
VILLAGES = {"15727-01": "Thôn 1 (15727-01)", "15721-01": "Thôn 1 (15721-01)", "15727-02": "Thôn 2"}
"""As the report distinguishes them: two communes that were merged had a village of one name."""


async def some_months(deliver: Callable[..., Any]) -> None:
    """People, steps, a shop with payments of odd sums, and targets: of a variant, a count and money too."""
    targets = [
        Target(indicator="payment_account", percent=80),
        Target(indicator="payment_account@15_plus", percent=82.5),
        Target(indicator="cashless_amount", count=1_250_000_000),
        Target(indicator="cashless_payments", count=7),
    ]
    people = [registered("15727-01") for _ in range(7)] + [registered("15727-02") for _ in range(3)]
    early = OPENED_AT - timedelta(days=9)
    opened = [completed(each, at=early, completed_at=early) for each in people[:3]]
    at = OPENED_AT + timedelta(days=1)
    opened += [completed(each, at=at, completed_at=at) for each in people[3:8]]
    shop = {"merchant_id": new_id(), "unit_id": unit_id("15727-01"), "unit_code": "15727-01", "category": "shop"}
    payments = [
        PaymentSettled(payment_id=new_id(), amount=amount, settled_at=at, business_day=day, **shop)
        for amount, day in ((1_234_567_891, FIRST - timedelta(days=1)), (25_003, LAST))
    ]
    active = MerchantActivated(version=2, status="active", provider="demo-bank", at=early, has_qr=True, **shop)
    await deliver(campaign(targets=targets), *people, *opened, active, *payments)


async def test_every_figure_of_the_official_report_is_that_of_the_api(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    await some_months(deliver)
    officer = calling("officer", unit_code="38")
    query = {"unit_code": "15724", "format": "docx", "from": str(FIRST), "to": str(LAST)}
    document = Document(BytesIO((await officer.get("/v1/reports/export", params=query)).content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    body = (await officer.get("/v1/reports/progress", params={"unit_code": "15724", "as_of": str(LAST)})).json()

    await compare_items(tables, body, officer)
    by_name = {VILLAGES.get(each["unit_code"], each["name"]): each["indicators"] for each in body["children"]}
    compare_villages(tables, by_name | {"Tổng cộng": body["indicators"]})


async def compare_items(tables: list[Any], body: Any, officer: Any) -> None:
    (items,) = [table for table in tables if table[0][0] == "Chỉ số"]
    assert items[0] == ["Chỉ số", "Kết quả", "Tổng số", "Tỷ lệ (%)", "Trong kỳ", "Chỉ tiêu", "Đánh giá"]
    printed = {row[0]: row[1:] for row in items[1:] if len(set(row)) > 1}
    expected = {}
    for each in body["indicators"]:
        if "@" in each["code"] and each["target"] is None:
            continue
        query = {
            "unit_code": "15724",
            "indicator": each["code"],
            "from": str(FIRST - timedelta(days=1)),
            "to": str(LAST),
        }
        points = (await officer.get("/v1/reports/trend", params=query)).json()["points"]
        change = points[-1]["numerator"] - points[0]["numerator"]
        expected[title(each["code"])] = [
            number(each["numerator"]), number(each["denominator"]), share(each["percent"]),
            f"{'+' if change > 0 else ''}{TEXTS.number(change)}", goal(each["target"]), verdict(each),
        ]  # fmt: skip
    assert printed == expected
    amount = printed["Giá trị giao dịch không dùng tiền mặt (đồng)"]
    assert amount == ["1.234.592.894", "", "", "+25.003", "1.250.000.000", "Chưa đạt"]
    assert printed["Tài khoản thanh toán điện tử / người từ đủ 15 tuổi"][4] == "82,50"


def compare_villages(tables: list[Any], expected: dict[str, Any]) -> None:
    (summary,) = [table for table in tables if table[0][:2] == ["TT", "Đơn vị"]]
    of_annex = [table for table in tables if table[0][:2] == ["TT", "Thôn, tổ dân phố"]]
    printed = {
        (row[1], heading): cell
        for table in of_annex
        for row in table[1:]
        for heading, cell in zip(table[0][2:], row[2:], strict=True)
    }
    wanted = {
        (name, title(each["code"])): full(each)
        for name, figures in expected.items()
        if name in (*VILLAGES.values(), "Tổng cộng")
        for each in figures
        if catalogue().indicators[each["code"]].scope == "unit" and not is_variant_without_target(each, expected)
    }
    assert {key: cell for key, cell in printed.items() if key in wanted} == wanted
    columns = {TEXTS.of(each.label): each.code for each in catalogue().base()}
    for row in summary[1:]:
        figures = {each["code"]: each for each in expected.get(row[1], [])}
        for heading, cell in zip(summary[0][2:], row[2:], strict=True):
            if figures:
                figure = figures[columns[heading.removesuffix(" (%)")]]
                assert cell == (share(figure["percent"]) or "–" if "%" in heading else number(figure["numerator"]))


def is_variant_without_target(figure: Any, expected: dict[str, Any]) -> bool:
    whole = next(each for each in expected["Tổng cộng"] if each["code"] == figure["code"])
    return "@" in figure["code"] and whole["target"] is None


def title(code: str) -> str:
    indicator = catalogue().indicators[code]
    return f"{TEXTS.of(indicator.title)}{' (đồng)' if indicator.kind == 'amount' else ''}"


def number(value: int | None) -> str:
    return "" if value is None else TEXTS.number(value)


def share(value: float | None) -> str:
    exact = None if value is None else Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return "" if exact is None else TEXTS.number(exact, 2)


def goal(value: float | None) -> str:
    return "" if value is None else TEXTS.number(Decimal(str(value)), 0 if value == int(value) else 2)


def verdict(figure: Any) -> str:
    reached = figure["percent"] if figure["denominator"] is not None else figure["numerator"]
    if figure["target"] is None or reached is None:
        return ""
    return "Đạt" if reached >= figure["target"] else "Chưa đạt"


def full(figure: Any) -> str:
    if figure["denominator"] is None:
        return number(figure["numerator"])
    of_all = f" ({share(figure['percent'])})" if figure["percent"] is not None else ""
    return f"{number(figure['numerator'])}/{number(figure['denominator'])}{of_all}"


@pytest.mark.parametrize(
    ("query", "since"),
    [
        ({"period": "week", "as_of": "2026-09-05"}, date(2026, 8, 31)),
        ({"period": "month", "to": "2026-09-05"}, date(2026, 9, 1)),
        ({"from": "2026-09-02", "to": "2026-09-05"}, date(2026, 9, 2)),
    ],
)
async def test_a_report_is_about_a_week_a_month_or_any_days(
    calling: Callable[..., Any], query: dict[str, str], since: date
) -> None:
    officer = calling("officer", unit_code="38")
    answer = await officer.get("/v1/reports/export", params={"unit_code": "15724", "format": "csv", **query})
    assert answer.headers["content-disposition"].endswith(f'"ba-khong-15724-{since}-2026-09-05.csv"')
    assert f",unit,{since}," in answer.text


async def test_a_period_that_is_none_is_refused(calling: Callable[..., Any]) -> None:
    officer = calling("officer", unit_code="38")
    for query in ("from=2026-09-02&to=2026-09-01", "from=2026-09-01&period=week", "to=2026-09-01&as_of=2026-09-02",
                  "to=2999-01-01", "period=year"):  # fmt: skip
        answer = await officer.get(f"/v1/reports/export?unit_code=15724&format=csv&{query}")
        assert answer.status_code == 400, query
