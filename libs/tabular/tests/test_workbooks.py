import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence

import pytest
import python_calamine

from libs.tabular.tests.lists import ANH, BINH, COLUMNS, CUONG, PEOPLE, TITLES, good, names, read
from libs.tabular.tests.workbooks import SHEET, as_ods, as_xls, as_xlsx, merged, patched, with_cell
from tabular import ReadingLimits, SkippedSheet, UnreadableTable, read_table
from tabular.workbook import _calamine_rows

ALL_NAMES = [person[1] for person in PEOPLE]


def test_xlsx_xls_and_ods_are_read_alike() -> None:
    rows = [TITLES, *PEOPLE]
    files = {"xlsx": as_xlsx(rows), "xls": as_xls(rows), "ods": as_ods(rows)}
    for format, file in files.items():
        table, found = read(file)
        assert (table.format, names(found)) == (format, ALL_NAMES)
        assert [(row.number, row.line) for row in found] == [(2, 2), (3, 3), (4, 4)]


def test_numbers_and_dates_keep_their_types() -> None:
    _, rows = read(as_xlsx([TITLES, [38190000011, ANH[1], dt.date(1990, 3, 2), 4.5]]))
    cells = good(rows)[0]
    assert [cells.cell(name) for name in ("personal_id", "born_on", "village")] == [
        38190000011,
        dt.date(1990, 3, 2),
        4.5,
    ]


def test_a_header_below_titles_and_blank_rows_and_away_from_the_first_column_is_found() -> None:
    shifted = [["", "", *row] for row in ([], ["DANH SÁCH"], [], TITLES, *PEOPLE)]
    _, rows = read(as_xlsx(shifted))
    assert [(row.number, row.line) for row in rows] == [(2, 5), (3, 6), (4, 7)]
    assert names(rows) == ALL_NAMES


def test_a_name_under_a_title_merged_over_two_columns_is_joined() -> None:
    rows = [
        ["Số CCCD", "Họ và tên", "", "Thôn"],
        [ANH[0], "Đỗ Thị", "Ánh", ""],
        [CUONG[0], "Nguyễn Hữu", "Cường 2", ""],
    ]
    assert names(read(merged(rows, (0, 1, 0, 2)))[1]) == ["Đỗ Thị Ánh", "Nguyễn Hữu Cường 2"]


def test_a_header_over_two_rows_is_one_header() -> None:
    rows = [
        ["Số CCCD", "Họ và tên", "Giới tính", "", "Thôn"],
        ["", "", "Nam", "Nữ", ""],
        [ANH[0], ANH[1], "", "x", "Yên Bình"],
    ]
    columns_below = [(0, place, 1, place) for place in (0, 1, 4)]
    _, found = read(merged(rows, *columns_below, (0, 2, 0, 3)))
    assert [row.cell("female") for row in good(found)] == ["x"]
    names_below = [["Số CCCD", "Họ và tên", "", "Thôn"], ["", "Họ đệm", "Tên", ""], [ANH[0], "Đỗ Thị", "Ánh", ""]]
    _, found = read(merged(names_below, (0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)))
    assert names(found) == ["Đỗ Thị Ánh"]


def test_a_cell_merged_over_rows_counts_for_each_of_them() -> None:
    rows = [TITLES, ANH, [*BINH[:3], ""], [*CUONG[:3], ""], ["4", "Lê Hà", "", "Thôn Phú Lộc"]]
    _, found = read(merged(rows, (1, 3, 3, 3)))
    assert [row.cell("village") for row in good(found)] == ["Thôn Yên Bình"] * 3 + ["Thôn Phú Lộc"]


def test_every_visible_sheet_with_a_header_is_read_and_the_others_are_named() -> None:
    file = as_xlsx(
        [TITLES, CUONG],
        [TITLES, ANH],
        [["Ghi chú"], ["Danh sách lập ngày 1/6"]],
        [["DANH SÁCH"], TITLES, BINH],
        names=["Cũ", "Yên Bình", "Hướng dẫn", "Phú Lộc"],
        hidden=[0],
    )
    table, rows = read(file)
    assert table.sheets_read == ("Yên Bình", "Phú Lộc")
    assert table.sheets_skipped == (SkippedSheet("Cũ", "hidden"), SkippedSheet("Hướng dẫn", "no-header"))
    assert [(row.sheet, row.number, row.line) for row in rows] == [("Yên Bình", 2, 2), ("Phú Lộc", 4, 3)]
    assert names(rows) == [ANH[1], BINH[1]]
    assert "Hướng dẫn" in table.notices[0].finding.vi


def test_a_workbook_without_a_recognised_sheet_lacks_columns() -> None:
    with pytest.raises(UnreadableTable, match="column-missing") as caught:
        read(as_xlsx([["Họ và tên", "Thôn"], ANH[1:3]]))
    assert "personal_id" in caught.value.finding.en
    with pytest.raises(UnreadableTable, match="file-empty"):
        read(as_xlsx([[]]))


def test_a_wrong_dimension_hides_no_row() -> None:
    file = patched(as_xlsx([TITLES, *PEOPLE]), SHEET, lambda xml: xml.replace(b'ref="A1:D4"', b'ref="A1:B2"'))
    assert names(read(file)[1]) == ALL_NAMES


def test_an_empty_fill_in_the_styles_is_no_obstacle() -> None:
    file = patched(
        as_xlsx([TITLES, *PEOPLE]),
        "xl/styles.xml",
        lambda xml: xml.replace(b'<fill><patternFill patternType="none"/></fill>', b"<fill/>"),
    )
    assert names(read(file)[1]) == ALL_NAMES


def test_a_formatted_cell_in_the_last_corner_costs_nothing() -> None:
    assert names(read(with_cell(as_xlsx([TITLES, *PEOPLE]), '<c r="XFD1048576" s="0"/>'))[1]) == ALL_NAMES


def sheet_of(cells: Sequence[str], lines: Iterable[int]) -> io.BytesIO:
    """A sheet with a 1 in the columns of each of the lines."""
    rows = "".join(f'<row r="{n}">{"".join(f"""<c r="{c}{n}"><v>1</v></c>""" for c in cells)}</row>' for n in lines)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = b'<worksheet xmlns="' + main + b'"><sheetData>' + rows.encode() + b"</sheetData></worksheet>"
    return patched(as_xlsx([TITLES]), SHEET, lambda _: xml)


def test_a_single_value_in_a_last_column_makes_no_wide_rows_above_it() -> None:
    sheet = python_calamine.load_workbook(sheet_of(["XFD"], [2_000])).get_sheet_by_index(0)
    widths = [len(cells) for _, cells in _calamine_rows(sheet, (), ReadingLimits())]
    assert (len(widths), sum(widths)) == (2_000, 0)


@pytest.mark.parametrize("count", [10, 1_000])
def test_rows_that_reach_far_to_the_right_are_read_up_to_a_number_of_cells(count: int) -> None:
    wide, limits = sheet_of(["A", "XFD"], range(1, count + 1)), ReadingLimits(cells=1_000_000)
    with pytest.raises(UnreadableTable, match="column-missing" if count == 10 else "file-too-expensive"):
        read_table(wide, COLUMNS, limits, reader="openpyxl")


def test_rows_after_a_long_gap_are_named_and_not_read() -> None:
    far = [TITLES, *PEOPLE, *[[]] * 1_200, ["1", "Lê Hà"]]
    table, rows = read(as_xlsx(far))
    assert names(rows) == ALL_NAMES
    assert [notice.finding.code for notice in table.notices] == ["rows-after-gap"]
    near = [TITLES, *PEOPLE, *[[]] * 900, ["1", "Lê Hà"]]
    assert names(read(as_xlsx(near))[1]) == [*ALL_NAMES, "Lê Hà"]


def broken_index(xml: bytes) -> bytes:
    return xml.replace(b'<c r="B3" t="s"><v>', b'<c r="B3" t="s"><v>99')


@pytest.mark.parametrize(
    "file",
    [
        patched(as_xlsx([TITLES, *PEOPLE]), SHEET, broken_index),
        io.BytesIO(as_xlsx([TITLES, *PEOPLE]).getvalue()[:3_000]),
        io.BytesIO(as_xls([TITLES, *PEOPLE]).getvalue()[:1_500]),
        io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20),
        io.BytesIO(b"PK\x03\x04" + b"x" * 100),
        patched(as_xlsx([TITLES]), "xl/workbook.xml", lambda xml: xml[: len(xml) // 2]),
    ],
    ids=["string index", "cut-off xlsx", "cut-off xls", "no compound file", "no archive", "half a workbook"],
)
def test_a_sick_workbook_is_refused_with_the_advice_to_save_it_again(file: io.BytesIO) -> None:
    with pytest.raises(UnreadableTable, match="file-not-xlsx") as caught:
        read(file)
    assert ".xlsx" in caught.value.finding.vi


def test_a_date_beyond_the_year_9999_is_read_by_the_second_reader() -> None:
    file = as_xlsx([TITLES, [*ANH[:2], dt.date(1990, 3, 2), ANH[3]]])
    serial = (dt.date(1990, 3, 2) - dt.date(1899, 12, 30)).days
    sick = patched(file, SHEET, lambda xml: xml.replace(f"<v>{serial}</v>".encode(), b"<v>3000000</v>"))
    assert names(read(sick)[1]) == [ANH[1]]


def test_an_archive_that_unpacks_400_fold_is_refused_before_it_is_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(20):
                sheet.write(b" " * (1 << 20))
    with pytest.raises(UnreadableTable, match="file-too-large"):
        read(content)
    with pytest.raises(UnreadableTable, match="file-too-large"):
        read(as_xlsx([TITLES, *PEOPLE]), limits=ReadingLimits(unpacked=1_000))


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    file = as_xlsx([TITLES, *PEOPLE]).getvalue()
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = file.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != file
    with pytest.raises(UnreadableTable, match="file-not-xlsx"):
        read(lying)


def test_declarations_in_the_xml_of_a_workbook_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for entry in (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"):
        file = patched(as_xlsx([TITLES, *PEOPLE]), entry, lambda xml: xml.replace(b"?>\n", b"?>\n" + bomb, 1))
        with pytest.raises(UnreadableTable, match="file-not-xlsx"):
            read(file)


def test_columns_are_capped() -> None:
    _, rows = read(as_xlsx([TITLES, [*ANH, *["x"] * 400]]))
    assert len(good(rows)[0].cells) == 256


def test_the_second_reader_reads_what_the_first_one_does() -> None:
    file = as_xlsx([["DANH SÁCH"], [], TITLES, *PEOPLE])
    first, second = (list(read_table(file, COLUMNS, reader=reader)) for reader in ("calamine", "openpyxl"))
    assert [row[:3] for row in first] == [row[:3] for row in second]
    assert names(first) == names(second)


def test_the_second_reader_refuses_merged_cells_which_it_cannot_see() -> None:
    file = merged([TITLES, ANH, [*BINH[:3], ""]], (1, 3, 2, 3))
    with pytest.raises(UnreadableTable, match="file-not-xlsx"):
        read_table(file, COLUMNS, reader="openpyxl")
