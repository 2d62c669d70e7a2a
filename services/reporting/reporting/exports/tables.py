"""The figures as tables to calculate with: XLSX with typed cells and several sheets, and one flat CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from chassis.spreadsheets import harmless
from reporting.figures import Figure, Report, UnitFigures, UnitName
from reporting.indicators import catalogue
from reporting.texts import ZONE, Texts

__all__ = ["harmless", "write_csv", "write_xlsx"]

HEADER = ("as_of", "unit_code", "unit_name", "indicator", "title", "numerator", "denominator", "percent", "target")

Cell = str | int | Decimal | date | datetime | None


def write_csv(report: Report, language: str) -> bytes:
    """One row per unit and indicator, UTF-8 with a byte-order mark so that Excel reads the Vietnamese letters."""
    text = StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow([*HEADER, "part", "period_from", "change"])
    texts = Texts(language)
    for part, unit, figure in _lines(report):
        title = texts.of(figure.indicator.title)
        numbers: list[Any] = [figure.numerator, figure.denominator, figure.percent, _goal(figure)]
        cells = [report.as_of.isoformat(), unit.code, unit.name, figure.code, title]
        since, change = _change(report, part, figure)
        numbers += [part, since.isoformat() if since else None, change]
        rows.writerow([harmless(each) for each in cells] + ["" if each is None else each for each in numbers])
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(report: Report, language: str) -> bytes:
    """Sheets: summary, units side by side, other denominators, trend, what holds back, plan, reconciliation, definitions."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    name = Texts(language).unit(report.unit)
    book.set_properties({"title": f"Ba Không: {name}, {report.as_of.isoformat()}", "author": name, "company": name})
    styles = _Styles(book)
    for sheet in _sheets(report, Texts(language)):
        _write_sheet(book, styles, sheet)
    book.close()
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int]


class _Styles:
    def __init__(self, book: Any) -> None:
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        self.title = book.add_format(font | {"bold": True, "font_size": 14})
        self.header = book.add_format(
            font | {"bold": True, "text_wrap": True, "bg_color": "#E7EFEC", "border": 1, "align": "center"}
        )
        self.text = book.add_format(font | {"border": 1, "text_wrap": True, "num_format": "@"})
        self.count = book.add_format(font | {"border": 1, "num_format": "#,##0"})
        self.share = book.add_format(font | {"border": 1, "num_format": "0.00"})
        self.day = book.add_format(font | {"border": 1, "num_format": "dd/mm/yyyy"})
        self.moment = book.add_format(font | {"border": 1, "num_format": "dd/mm/yyyy hh:mm:ss"})


def _write_sheet(book: Any, styles: _Styles, sheet: _Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.title, styles.title)
    for column, (heading, width) in enumerate(zip(sheet.header, sheet.widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(2, column, heading, styles.header)
    last = 2
    for last, row in enumerate(sheet.rows, start=3):
        for column, cell in enumerate(row):
            _write_cell(page, last, column, cell, styles)
    page.freeze_panes(3, 1)
    page.autofilter(2, 0, last, len(sheet.header) - 1)
    page.repeat_rows(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_cell(page: Any, row: int, column: int, cell: Cell, styles: _Styles) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell, styles.text)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.astimezone(ZONE).replace(tzinfo=None), styles.moment)
    elif isinstance(cell, date):
        page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), styles.day)  # noqa: DTZ001  a spreadsheet's day has no zone
    elif isinstance(cell, Decimal):
        page.write_number(row, column, float(cell), styles.share)
    elif cell is None:
        page.write_blank(row, column, None, styles.text)
    else:
        page.write_number(row, column, cell, styles.count)


def _sheets(report: Report, texts: Texts) -> Iterator[_Sheet]:
    vietnamese = texts.language == "vi"

    def text_of(vi: str, en: str) -> str:
        return vi if vietnamese else en

    name = texts.unit(report.unit)
    head = f"{name}, {texts.day(report.as_of)}"
    item, code, title = text_of("Nội dung", "Item"), text_of("Mã", "Code"), texts.indicator
    numbers = [texts.numerator, texts.denominator, text_of("Tỷ lệ (%)", "Percent"), texts.target]
    yield _Sheet(
        text_of("Tổng hợp", "Summary"),
        head,
        [
            item,
            code,
            title,
            *numbers,
            text_of("Hạn", "Due"),
            text_of("Kỳ từ ngày", "Period from"),
            text_of("Tăng trong kỳ", "Change"),
        ],
        [
            [
                _item(each),
                each.code,
                texts.of(each.indicator.title),
                *_numbers(each),
                _due(each),
                *_change(report, "unit", each),
            ]
            for each in report.aimed_at()
        ],
        [10, 28, 44, 14, 14, 12, 12, 13, 13, 14],
    )
    if report.children:
        yield _Sheet(
            text_of("Theo đơn vị", "By unit"),
            head,
            [text_of("Mã đơn vị", "Unit code"), texts.unit_label, code, title, *numbers],
            [
                [
                    child.unit.code,
                    _name_of(child, texts),
                    figure.code,
                    texts.of(figure.indicator.title),
                    *_numbers(figure),
                ]
                for child in report.children
                for figure in child.figures.values()
            ],
            [14, 24, 28, 44, 14, 14, 12, 12],
        )
    yield _Sheet(
        text_of("Mẫu số khác", "Other denominators"),
        head,
        [code, title, *numbers],
        [
            [each.code, texts.of(each.indicator.title), *_numbers(each)]
            for each in report.figures.values()
            if each.indicator.population
        ],
        [40, 60, 14, 14, 12, 12],
    )
    yield _Sheet(
        text_of("Diễn biến", "Trend"),
        head,
        [code, texts.day_label, texts.numerator, texts.denominator, text_of("Tỷ lệ (%)", "Percent")],
        [
            [
                each.code,
                point.day,
                point.numerator,
                point.denominator,
                point.value if each.indicator.denominator else None,
            ]
            for each in report.of_base()
            for point in each.trend
        ],
        [28, 13, 14, 14, 12],
    )
    yield _Sheet(
        text_of("Điều đang vướng", "Obstacles"),
        f"{head}. {texts.obstacles_note}",
        [texts.step, text_of("Điều kiện còn thiếu", "Missing condition"), text_of("Số người", "People")],
        [
            [texts.step_title(each.step), texts.text("condition", each.condition), each.people]
            for each in report.obstacles
        ],
        [34, 34, 12],
    )
    yield _Sheet(
        text_of("Đối chiếu", "Reconciliation"),
        head,
        [texts.unit_label, code, texts.service, texts.announced, texts.projected, texts.taken_at],
        [
            [each.unit_code, each.indicator, each.service, each.announced, each.projected, each.taken_at]
            for each in report.reconciliation
        ],
        [16, 28, 16, 14, 14, 20],
    )
    yield _Sheet(
        text_of("Cách tính", "Definitions"),
        texts.definitions,
        [code, title, texts.numerator, texts.denominator, texts.source],
        [
            [
                each.code,
                texts.of(each.title),
                texts.of(each.numerator.meaning),
                texts.of(each.denominator.meaning) if each.denominator else None,
                texts.of(each.source),
            ]
            for each in catalogue().indicators.values()
        ],
        [30, 40, 60, 40, 40],
    )


def _lines(report: Report) -> Iterator[tuple[str, UnitName, Figure]]:
    """`unit`: the whole; `child`: a unit below; `rest`: what belongs to the unit and to none of its children."""
    for figure in report.figures.values():
        yield "unit", report.unit, figure
    for child in report.children:
        for figure in child.figures.values():
            yield "rest" if child.is_rest else "child", child.unit, figure


def _change(report: Report, part: str, figure: Figure) -> tuple[date | None, int | None]:
    """The first day of the period, and how much the count has grown since; of the whole unit only."""
    if report.period is None or part != "unit":
        return None, None
    return report.period.first, report.change(figure.code)


def _name_of(child: UnitFigures, texts: Texts) -> str:
    return f"{child.unit.name} ({texts.rest})" if child.is_rest else child.unit.name


def _numbers(figure: Figure) -> list[Cell]:
    return [figure.numerator, figure.denominator, figure.percent, _goal(figure)]


def _goal(figure: Figure) -> int | Decimal | None:
    if figure.target is None:
        return None
    return figure.target.percent if figure.target.percent is not None else figure.target.count


def _item(figure: Figure) -> int | None:
    return figure.indicator.plan_item


def _due(figure: Figure) -> date | None:
    return figure.target.due_on if figure.target else None
