from __future__ import annotations

import csv
import re
import tomllib
import zlib
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.shared import Mm
from openpyxl import load_workbook

from reporting.exports import FORMATS, export
from reporting.exports.bodies import recipients_on
from reporting.exports.official import compose
from reporting.exports.tables import harmless
from reporting.figures import Report, UnitName
from services.reporting.tests.sample_reports import COMMUNE, commune_report, province_report, village_report

REPORT = commune_report()


def hostile() -> Report:
    """A report whose unit's name would run a formula in a careless spreadsheet."""
    evil = UnitName("15724", '=HYPERLINK("//evil","x")', "commune", "commune")
    return replace(REPORT, unit=evil, children=())


def test_the_spreadsheet_has_typed_cells_several_sheets_and_frozen_headers() -> None:
    book = load_workbook(BytesIO(export(REPORT, "xlsx").content))
    assert book.sheetnames == [
        "Tổng hợp", "Theo đơn vị", "Mẫu số khác", "Diễn biến", "Điều đang vướng", "Đối chiếu", "Cách tính",
    ]  # fmt: skip
    sheet: Any = book["Tổng hợp"]
    assert sheet.freeze_panes == "B4"
    row = next(row for row in sheet.iter_rows(min_row=4) if row[1].value == "payment_account")
    assert (row[3].value, row[4].value) == (1330, 2310)
    assert row[5].value == pytest.approx(57.58)
    assert isinstance(row[7].value, datetime)
    assert {cell.data_type for sheet in book for cells in sheet.iter_rows() for cell in cells} <= {"s", "n", "d"}


def test_no_text_becomes_a_formula() -> None:
    book = load_workbook(BytesIO(export(hostile(), "xlsx").content))
    assert all(cell.data_type != "f" for sheet in book for cells in sheet.iter_rows() for cell in cells)
    rows = csv.reader(StringIO(export(hostile(), "csv").content.decode("utf-8-sig")))
    assert next(row for row in rows if row[1] == "15724")[2].startswith("'=HYPERLINK")


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@sum", "\t=1", "\r=1", "＝1"])
def test_a_dangerous_beginning_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("Đồng Tiến") == "Đồng Tiến"


def test_the_csv_has_one_row_per_unit_and_indicator() -> None:
    content = export(REPORT, "csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == len(REPORT.figures) * (1 + len(REPORT.children))
    account = next(row for row in rows if row["indicator"] == "payment_account" and row["unit_code"] == "15724")
    assert (account["numerator"], account["denominator"], account["percent"]) == ("1330", "2310", "57.58")


def test_the_csv_tells_a_unit_from_what_belongs_to_none_of_its_children() -> None:
    rows = list(csv.DictReader(StringIO(export(REPORT, "csv").content.decode("utf-8-sig"))))
    keys = [(row["unit_code"], row["part"], row["indicator"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert {row["part"] for row in rows if row["unit_code"] == REPORT.unit.code} == {"unit", "rest"}
    assert list(rows[0])[:9] == ["as_of", "unit_code", "unit_name", "indicator", "title", "numerator", "denominator",
                                 "percent", "target"]  # fmt: skip


def test_recipients_are_the_bodies_of_the_day_of_the_report() -> None:
    before = compose(replace(REPORT, as_of=date(2024, 9, 30))).recipients
    assert "- Sở Thông tin và Truyền thông (để b/c);" in before
    assert "- Phòng Văn hóa và Thông tin huyện (để b/c);" in before
    today = compose(REPORT).recipients
    assert "- Sở Khoa học và Công nghệ (để b/c);" in today
    assert not [each for each in today if "huyện" in each or "Thông tin và Truyền thông" in each]
    assert recipients_on(date(2025, 7, 1), ["Phòng Văn hóa và Thông tin (để b/c)"]) == [
        "Phòng Văn hóa - Xã hội (để b/c)"
    ]
    assert recipients_on(date(2025, 6, 30), ["UBND huyện Triệu Sơn"]) == ["UBND huyện Triệu Sơn"]


def test_the_official_report_has_the_parts_of_the_decree() -> None:
    official = compose(REPORT)
    assert (official.superior, official.issuer) == ("UBND TỈNH THANH HÓA", ["ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN"])
    assert official.place_and_date == "Đồng Tiến, ngày 30 tháng 9 năm 2026"
    assert official.kind == "BÁO CÁO"
    assert all(line.endswith(";") for line in official.basis[:-1])
    assert official.basis[-1].endswith(".")
    assert official.closing.endswith("./.")
    assert official.recipients[-1] == "- Lưu: VT, VHTT."
    assert official.authority == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
    headings = [section.title for section in official.sections]
    assert [each.partition(".")[0] for each in headings] == ["I", "II", "III", "IV", "V"]
    items = official.sections[1].table
    assert items is not None
    assert sum(len(row) == 1 for row in items.rows) == 12


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 5), "Đồng Tiến, ngày 05 tháng 01 năm 2026"),
        (date(2026, 3, 15), "Đồng Tiến, ngày 15 tháng 3 năm 2026"),
    ],
)
def test_days_under_ten_and_the_first_two_months_have_a_leading_zero(day: date, written: str) -> None:
    assert compose(replace(REPORT, as_of=day)).place_and_date == written


def test_a_villages_report_is_issued_by_its_commune() -> None:
    official = compose(village_report())
    assert official.issuer[-1] == f"XÃ {COMMUNE.name.upper()}"
    assert "tại thôn 1, xã Đồng Tiến" in official.abstract
    assert compose(province_report()).superior == ""


def test_the_document_is_a4_in_times_new_roman_with_the_margins_of_the_decree() -> None:
    document = Document(BytesIO(export(REPORT, "docx").content))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.left_margin, section.right_margin, section.top_margin)
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 30, 15, 20]
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert section.different_first_page_header_footer
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "BÁO CÁO" in text
    assert "IV. ĐÁNH GIÁ" in text
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert "7. Tài khoản thanh toán điện tử" in cells


def test_the_pdf_is_in_times_or_its_double_and_no_letter_falls_out_of_it() -> None:
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content := export(REPORT, "pdf").content, re.DOTALL)
    text = content + b"".join(zlib.decompress(part) for part in parts if part.startswith(b"x\xda"))
    fonts = {name.partition(b"+")[2] or name for name in re.findall(rb"/BaseFont\s*/([\w+-]+)", text)}
    assert fonts
    assert all(name.startswith((b"Tinos", b"TimesNewRoman")) for name in fonts), fonts


def test_vendored_fonts_are_those_of_the_manifest() -> None:
    folder = files("reporting.exports").joinpath("fonts")
    pinned = tomllib.loads(folder.joinpath("vendor.toml").read_text("utf-8"))["tinos"]["sha256"]
    assert {each.name for each in folder.iterdir()} == {*pinned, "vendor.toml"}
    for name, digest in pinned.items():
        assert sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest


def test_the_pdf_is_one() -> None:
    content = export(REPORT, "pdf").content
    assert content.startswith(b"%PDF-")


@pytest.mark.parametrize("format", FORMATS)
def test_a_province_fits_into_every_format(format: Any) -> None:
    exported = export(province_report(), format)
    assert exported.file_name == f"ba-khong-38-2026-09-30.{format}"
    if format in ("xlsx", "docx"):
        assert ZipFile(BytesIO(exported.content)).testzip() is None
