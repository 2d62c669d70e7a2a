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
    for sheet in _Sheets(report, Texts(language)).all():
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


class _Sheets:
    """The sheets of one report, with their headings in one language."""

    def __init__(self, report: Report, texts: Texts) -> None:
        self.report, self.texts = report, texts
        self.head = f"{texts.unit(report.unit)}, {texts.day(report.as_of)}"
        self.code = self._of("Mã", "Code")
        self.percent = self._of("Tỷ lệ (%)", "Percent")
        self.numbers = [texts.numerator, texts.denominator, self.percent, texts.target]

    def all(self) -> Iterator[_Sheet]:
        """In the order of the file."""
        yield self._summary()
        if self.report.children:
            yield self._units()
        yield from (self._denominators(), self._trend(), self._obstacles(), self._reconciliation(), self._definitions())

    def _of(self, vi: str, en: str) -> str:
        return vi if self.texts.language == "vi" else en

    def _summary(self) -> _Sheet:
        columns = [self._of("Nội dung", "Item"), self.code, self.texts.indicator, *self.numbers]
        columns += [self._of("Hạn", "Due"), self._of("Kỳ từ ngày", "Period from"), self._of("Tăng trong kỳ", "Change")]
        rows = [
            [
                _item(each),
                each.code,
                self._title(each),
                *_numbers(each),
                _due(each),
                *_change(self.report, "unit", each),
            ]
            for each in self.report.aimed_at()
        ]
        widths = [10, 28, 44, 14, 14, 12, 12, 13, 13, 14]
        return _Sheet(self._of("Tổng hợp", "Summary"), self.head, columns, rows, widths)

    def _units(self) -> _Sheet:
        columns = [self._of("Mã đơn vị", "Unit code"), self.texts.unit_label, self.code, self.texts.indicator]
        rows = [
            [child.unit.code, _name_of(child, self.texts), figure.code, self._title(figure), *_numbers(figure)]
            for child in self.report.children
            for figure in child.figures.values()
        ]
        widths = [14, 24, 28, 44, 14, 14, 12, 12]
        return _Sheet(self._of("Theo đơn vị", "By unit"), self.head, columns + self.numbers, rows, widths)

    def _denominators(self) -> _Sheet:
        rows = [
            [each.code, self._title(each), *_numbers(each)]
            for each in self.report.figures.values()
            if each.indicator.population
        ]
        columns = [self.code, self.texts.indicator, *self.numbers]
        name = self._of("Mẫu số khác", "Other denominators")
        return _Sheet(name, self.head, columns, rows, [40, 60, 14, 14, 12, 12])

    def _trend(self) -> _Sheet:
        columns = [self.code, self.texts.day_label, self.texts.numerator, self.texts.denominator, self.percent]
        rows: list[list[Cell]] = [
            [each.code, at.day, at.numerator, at.denominator, at.value if each.indicator.denominator else None]
            for each in self.report.of_base()
            for at in each.trend
        ]
        return _Sheet(self._of("Diễn biến", "Trend"), self.head, columns, rows, [28, 13, 14, 14, 12])

    def _obstacles(self) -> _Sheet:
        columns = [
            self.texts.step,
            self._of("Điều kiện còn thiếu", "Missing condition"),
            self._of("Số người", "People"),
        ]
        rows = [
            [self.texts.step_title(each.step), self.texts.text("condition", each.condition), each.people]
            for each in self.report.obstacles
        ]
        head = f"{self.head}. {self.texts.obstacles_note}"
        return _Sheet(self._of("Điều đang vướng", "Obstacles"), head, columns, rows, [34, 34, 12])

    def _reconciliation(self) -> _Sheet:
        texts = self.texts
        columns = [texts.unit_label, self.code, texts.service, texts.announced, texts.projected, texts.taken_at]
        rows: list[list[Cell]] = [
            [each.unit_code, each.indicator, each.service, each.announced, each.projected, each.taken_at]
            for each in self.report.reconciliation
        ]
        return _Sheet(self._of("Đối chiếu", "Reconciliation"), self.head, columns, rows, [16, 28, 16, 14, 14, 20])

    def _definitions(self) -> _Sheet:
        texts = self.texts
        rows = [
            [
                each.code,
                texts.of(each.title),
                texts.of(each.numerator.meaning),
                texts.of(each.denominator.meaning) if each.denominator else None,
                texts.of(each.source),
            ]
            for each in catalogue().indicators.values()
        ]
        columns = [self.code, texts.indicator, texts.numerator, texts.denominator, texts.source]
        return _Sheet(self._of("Cách tính", "Definitions"), texts.definitions, columns, rows, [30, 40, 60, 40, 40])

    def _title(self, figure: Figure) -> str:
        return self.texts.of(figure.indicator.title)


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
