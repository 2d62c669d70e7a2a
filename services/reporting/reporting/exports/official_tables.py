"""The tables of an official report: the plan's steps, the indicators by item, and the units beside one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.figures import CampaignPlan, Figure, Report, UnitFigures
from reporting.indicators import Indicator, catalogue
from reporting.texts import Texts

__all__ = ["OfficialTable", "table_of_items", "table_of_steps", "table_of_units", "villages_by_item"]

MOST_COLUMNS = 6
"""Of indicators, beside the numbers and names of villages, on a landscape page."""


@dataclass(frozen=True, slots=True)
class OfficialTable:
    """A table with its widths in shares of the page; the first row of `rows` follows the header."""

    header: list[str]
    widths: list[int]
    rows: list[list[str]]
    aligns: str
    """One letter per column: l, c, r. A row with one cell spans the table."""


def table_of_steps(plan: CampaignPlan | None, texts: Texts) -> OfficialTable | None:
    """The steps of the plan with their days; None without any."""
    if plan is None or not plan.milestones:
        return None
    rows = []
    for step in plan.milestones:
        due = texts.day(step.due_on) if step.due_on else ""
        done = texts.day(step.done_on) if step.done_on else "Chưa hoàn thành"
        rows.append([str(step.number), step.title, due, done])
    return OfficialTable(["Bước", "Nội dung", "Thời hạn", "Hoàn thành"], [9, 53, 18, 20], rows, "clcc")


def table_of_items(report: Report, texts: Texts) -> OfficialTable:
    """Every indicator by the plan's items, every target with its verdict, and what the period added."""
    rows: list[list[str]] = []
    for number, title in catalogue().plan_items.items():
        rows.append([f"{number}. {texts.of(title)}"])
        rows.extend(_item_row(report, each, texts) for each in report.aimed_at() if each.indicator.plan_item == number)
    basics = [each for each in report.aimed_at() if each.indicator.plan_item is None]
    if basics:
        rows[:0] = [[texts.basics], *(_item_row(report, each, texts) for each in basics)]
    header = ["Chỉ số", "Kết quả", "Tổng số", "Tỷ lệ (%)", "Chỉ tiêu", "Đánh giá"]
    if report.period is None:
        return OfficialTable(header, [36, 16, 13, 11, 11, 13], rows, "lrrrrc")
    return OfficialTable([*header[:4], "Trong kỳ", *header[4:]], [29, 16, 11, 10, 15, 9, 10], rows, "lrrrrrc")


def _item_row(report: Report, figure: Figure, texts: Texts) -> list[str]:
    reached = figure.reached
    verdict = "" if reached is None else "Đạt" if reached >= 100 else "Chưa đạt"
    row = [
        _title(figure.indicator, texts),
        _count(figure.numerator, texts),
        _count(figure.denominator, texts) if figure.indicator.denominator else "",
        _share(figure, texts),
        texts.exact_goal(figure.indicator, figure.target) if figure.target else "",
        verdict,
    ]
    if report.period:
        change = report.change(figure.code)
        row.insert(4, "" if change is None else f"{'+' if change > 0 else ''}{texts.number(change)}")
    return row


REPORTED_BY_UNIT = (
    "residents",
    "vneid",
    "portal_account",
    "province_app",
    "digital_signature",
    "payment_account",
    "merchants_with_qr",
)


def table_of_units(report: Report, texts: Texts) -> OfficialTable:
    """The main indicators of every unit below, and of the whole unit."""
    columns = [catalogue().indicators[code] for code in REPORTED_BY_UNIT]
    header = ["TT", "Đơn vị", *(f"{texts.of(each.label)}{' (%)' if each.denominator else ''}" for each in columns)]
    rows = [
        [number, name, *(_short_result(unit.figures[each.code], texts) for each in columns)]
        for number, name, unit in _lines(report, texts)
    ]
    return OfficialTable(header, [6, 22, 12, 10, 10, 10, 10, 10, 10], rows, "clrrrrrrr")


def villages_by_item(report: Report, texts: Texts) -> list[tuple[str, OfficialTable]]:
    """Of every village every indicator, some at a time in the order of the plan's items: counts, and shares in percent."""
    shown = [each.indicator for each in report.aimed_at() if each.indicator.scope == "unit"]
    ordered = sorted(shown, key=lambda each: each.plan_item or 0)
    return [(_items_of(columns, texts), _villages(report, columns, texts)) for columns in _some_at_a_time(ordered)]


def _items_of(columns: Sequence[Indicator], texts: Texts) -> str:
    items = list(dict.fromkeys(each.plan_item for each in columns))
    return "; ".join(f"{item}. {texts.of(catalogue().plan_items[item])}" if item else texts.basics for item in items)


def _villages(report: Report, columns: Sequence[Indicator], texts: Texts) -> OfficialTable:
    rows = [
        [number, name, *(_full_result(unit.figures[each.code], texts) for each in columns)]
        for number, name, unit in _lines(report, texts)
    ]
    header = ["TT", "Thôn, tổ dân phố", *(_title(each, texts) for each in columns)]
    widths = [4, 18, *([78 // len(columns)] * len(columns))]
    return OfficialTable(header, widths, rows, f"cl{'r' * len(columns)}")


def _lines(report: Report, texts: Texts) -> Iterator[tuple[str, str, UnitFigures]]:
    shown = [each for each in report.children if not each.is_rest or any(f.numerator for f in each.figures.values())]
    names = report.names()
    for number, child in enumerate(shown, start=1):
        yield str(number), _rest(report) if child.is_rest else names[child.unit.code], child
    yield "", "Tổng cộng", UnitFigures(report.unit, report.figures)


def _rest(report: Report) -> str:
    return "Chưa rõ thôn" if any(each.unit.level == "village" for each in report.children) else "Chưa rõ đơn vị"


def _some_at_a_time(indicators: Sequence[Indicator]) -> Iterator[Sequence[Indicator]]:
    for first in range(0, len(indicators), MOST_COLUMNS):
        yield indicators[first : first + MOST_COLUMNS]


def _short_result(figure: Figure, texts: Texts) -> str:
    return _count(figure.numerator, texts) if figure.indicator.denominator is None else _share(figure, texts) or "–"


def _full_result(figure: Figure, texts: Texts) -> str:
    if figure.indicator.denominator is None:
        return _count(figure.numerator, texts)
    parts = f"{_count(figure.numerator, texts)}/{_count(figure.denominator, texts)}"
    share = _share(figure, texts)
    return f"{parts} ({share})" if share else parts


def _title(indicator: Indicator, texts: Texts) -> str:
    return f"{texts.of(indicator.title)}{' (đồng)' if indicator.kind == 'amount' else ''}"


def _count(value: int | None, texts: Texts) -> str:
    return "–" if value is None else texts.number(value)


def _share(figure: Figure, texts: Texts) -> str:
    return "" if figure.percent is None else texts.number(figure.percent, figure.indicator.decimals)
