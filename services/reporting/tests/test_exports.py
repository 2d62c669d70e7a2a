from __future__ import annotations

import csv
import json
import re
import tomllib
import zlib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
import typst
from docx import Document
from docx.shared import Mm
from openpyxl import load_workbook
from PIL import Image

from reporting.exports import FORMATS, export
from reporting.exports.bodies import recipients_on
from reporting.exports.official import as_plain_values, compose
from reporting.exports.tables import harmless
from reporting.figures import Figure, Report, ReportPeriod, ReportTarget, UnitName
from reporting.indicators import catalogue
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


def test_the_csv_separates_a_unit_from_what_belongs_to_none_of_its_children() -> None:
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


def test_a_body_names_the_source_of_its_change_or_is_unverified() -> None:
    bodies = tomllib.loads(files("reporting.exports").joinpath("bodies.toml").read_text("utf-8"))["bodies"]
    assert [
        each["name"] for each in bodies if not each["source"] or ("read" in each) == each.get("unverified", False)
    ] == []
    unverified = [each["name"] for each in bodies if each.get("unverified")]
    assert unverified == [
        "Sở Thông tin và Truyền thông", "Phòng Văn hóa và Thông tin", "thị xã", "thành phố",
        "Phòng Văn hóa, Khoa học và Thông tin", "Văn hóa - Thông tin xã", "Văn phòng UBND xã", "Bộ phận một cửa",
        "xã, thị trấn", "Lưu: VT, VHTT",
    ], "take a body out of this list once its rule was read, and name its source"  # fmt: skip


def test_the_official_report_has_the_parts_of_the_decree() -> None:
    official = compose(REPORT)
    assert (official.superior, official.issuer) == ("UBND TỈNH THANH HÓA", ["ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN"])
    assert official.place_and_date == "Đồng Tiến, ngày 30 tháng 9 năm 2026"
    assert official.kind == "BÁO CÁO"
    assert all(line.endswith(";") for line in official.basis[:-1])
    assert official.basis[-1].endswith(".")
    assert official.closing.endswith("./.")
    assert official.recipients[-1] == "- Lưu: VT, VHXH."
    assert official.authority == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
    headings = [section.title for section in official.sections]
    assert [each.partition(".")[0] for each in headings] == ["I", "II", "III", "IV", "V"]
    items = official.sections[1].table
    assert items is not None
    assert sum(len(row) == 1 for row in items.rows) == 1 + 12


def test_bodies_of_a_district_are_no_recipients_after_june_2025() -> None:
    named = ["UBND huyện Triệu Sơn", "Thường trực Huyện ủy", "Huyện đoàn Ngọc Lặc", "UBND thị xã Bỉm Sơn", "Công an huyện",
             "UBND thành phố Sầm Sơn", "UBND các xã, thị trấn", "Bộ phận một cửa", "Mặt trận Tổ quốc"]  # fmt: skip
    assert recipients_on(date(2024, 6, 30), named) == named
    assert recipients_on(date(2025, 7, 1), named) == [
        "UBND các xã, phường", "Trung tâm Phục vụ hành chính công", "Mặt trận Tổ quốc",
    ]  # fmt: skip
    assert recipients_on(date(2025, 4, 1), ["Phòng Văn hóa và Thông tin"]) == ["Phòng Văn hóa, Khoa học và Thông tin"]
    assert compose(REPORT).recipients[-1] == "- Lưu: VT, VHXH."
    assert compose(replace(REPORT, as_of=date(2024, 6, 30))).recipients[-1] == "- Lưu: VT, VHTT."


def test_the_report_has_one_kind_of_quotation_marks() -> None:
    plan = replace(REPORT.plans[0], title='Nhân rộng mô hình "3 KHÔNG"', basis=('Kế hoạch về "3 KHÔNG" năm "2024"',))
    written = json.dumps(as_plain_values(compose(replace(REPORT, plans=(plan,)))), ensure_ascii=False)
    assert "“3 KHÔNG” năm “2024”" in written
    assert '\\"' not in written


def test_every_target_is_printed_with_money_to_the_dong() -> None:
    """Targets of variants by population too, which are in no other table."""
    aimed = ReportTarget(Decimal("82.5"), None, date(2026, 12, 31))
    variant = replace(REPORT.figures["payment_account@15_plus"], target=aimed)
    amount = replace(REPORT.figures["cashless_amount"], target=ReportTarget(None, 1_250_000_000))
    report = replace(REPORT, figures=REPORT.figures | {variant.code: variant, amount.code: amount})
    rows = {row[0]: row for row in items_of(report)}
    assert rows["Tài khoản thanh toán điện tử / người từ đủ 15 tuổi"][4] == "82,50"
    assert rows["Giá trị giao dịch không dùng tiền mặt (đồng)"][1:5] == ["568.226.210", "", "", "1.250.000.000"]
    assert len([row for row in rows.values() if len(row) > 1 and row[4]]) == sum(
        each.target is not None for each in report.figures.values()
    )


def test_a_report_about_a_week_names_the_week_and_what_it_added() -> None:
    before = {code: Figure(each.indicator, 1000, each.denominator) for code, each in REPORT.figures.items()}
    week = replace(REPORT, period=ReportPeriod("week", date(2026, 9, 28), date(2026, 9, 30)), before=before)
    official = compose(week)
    assert official.abstract.endswith("xã Đồng Tiến, tuần 40 năm 2026 (từ ngày 28/09/2026 đến ngày 30/09/2026)")
    assert next(row for row in items_of(week) if row[0] == "Tài khoản thanh toán điện tử")[1:5] == [
        "1.330", "2.310", "57,58", "+330",
    ]  # fmt: skip
    month = replace(week, period=ReportPeriod("month", date(2026, 9, 1), date(2026, 9, 30)))
    assert ", tháng 9 năm 2026 (từ ngày 01/09/2026" in compose(month).abstract
    assert export(week, "pdf").file_name == "ba-khong-15724-2026-09-28-2026-09-30.pdf"


def test_the_annex_has_every_indicator_of_every_village() -> None:
    (annex,) = compose(REPORT).annexes
    cells = {(row[1], title): cell for _, table in annex.tables for row in table.rows
             for title, cell in zip(table.header[2:], row[2:], strict=True)}  # fmt: skip
    assert len(cells) == 7 * sum(each.scope == "unit" for each in catalogue().base())
    assert cells["Thôn 4", "Tài khoản VNeID đã kích hoạt"] == "411/503 (81,71)"
    assert compose(village_report()).annexes == []


def test_the_annex_of_the_document_is_on_landscape_pages_numbered_from_one() -> None:
    document = Document(BytesIO(export(REPORT, "docx").content))
    portrait, landscape = document.sections
    assert portrait.page_width < portrait.page_height
    assert landscape.page_width > landscape.page_height
    order = [each.tag.rpartition("}")[2] for each in landscape._sectPr]
    assert order.index("pgMar") < order.index("pgNumType") < order.index("cols")
    text = [paragraph.text for paragraph in document.paragraphs]
    assert text.index("PHỤ LỤC") > text.index("V. ĐỀ XUẤT, KIẾN NGHỊ")


def test_the_last_page_is_never_almost_empty() -> None:
    """The signature comes with the last section, and a table of few villages is on one page: at least a third is used."""
    folder = files("reporting.exports")
    for report in (REPORT, village_report(), replace(REPORT, plans=())):
        values = json.dumps(as_plain_values(compose(report)), ensure_ascii=False)
        pages = typst.compile(str(folder.joinpath("official.typ")), font_paths=[str(folder.joinpath("fonts"))],
                              sys_inputs={"report": values}, format="png", ppi=20)  # fmt: skip
        last = Image.open(BytesIO(pages[-1])).convert("L").point(lambda grey: 255 if grey < 200 else 0)
        top, bottom = last.getbbox()[1], last.getbbox()[3]
        assert bottom - top > last.height / 3


def test_a_file_names_its_issuer_and_its_kind() -> None:
    title = "BÁO CÁO Kết quả thực hiện mô hình “3 KHÔNG” trên địa bàn xã Đồng Tiến"
    properties = Document(BytesIO(export(REPORT, "docx").content)).core_properties
    assert (properties.title, properties.author) == (title, "Ủy ban nhân dân xã Đồng Tiến")
    assert (properties.language, properties.comments) == ("vi-VN", "")
    content = export(REPORT, "pdf").content
    assert b"/Lang(vi-VN)" in content
    assert "Ủy ban nhân dân xã Đồng Tiến".encode("utf-16-be").hex().upper().encode() in content
    book = load_workbook(BytesIO(export(REPORT, "xlsx").content))
    assert book.properties.creator == "Xã Đồng Tiến"


def items_of(report: Report) -> list[list[str]]:
    table = compose(report).sections[1].table
    assert table is not None
    return table.rows


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
