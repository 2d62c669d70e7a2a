import contextlib
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.tabular.tests.lists import ANH, BINH, COLUMNS, CUONG, PEOPLE, TITLES, as_csv, good, names, read
from tabular import BrokenRow, Column, TableError, UnreadableTable, read_table

ALL_NAMES = [person[1] for person in PEOPLE]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_usual_encodings_and_separators_are_read(encoding: str, separator: str) -> None:
    table, rows = read(as_csv([TITLES, *PEOPLE], encoding, separator))
    assert names(rows) == ALL_NAMES
    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 3), (4, 4)]
    assert table.titles["full_name"] == "Họ và tên"


def windows_1258(text: str) -> bytes:
    """The text as Windows writes it: base letters composed, tones as separate characters."""
    written = b""
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, tone = unicodedata.normalize("NFD", letter)[:-1], unicodedata.normalize("NFD", letter)[-1]
            if tone not in "\u0300\u0301\u0303\u0309\u0323":  # the tone may come before the hat
                marks = unicodedata.normalize("NFD", letter)
                tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
                base = marks.replace(tone, "")
            written += (unicodedata.normalize("NFC", base) + tone).encode("cp1258")
    return written


def test_windows_1258_comes_out_composed_even_with_its_first_accent_after_8_kib() -> None:
    plain = "".join(f"0380900{n:05d};Le Van A;01/01/1990;Thon {n}\r\n" for n in range(300))
    content = ("Số CCCD;Họ tên;Ngày sinh;Thôn\r\n", "personal_id;full_name;born_on;village\r\n")
    table, rows = read(content[1].encode() + plain.encode() + windows_1258(";".join(CUONG)))
    assert table.encoding == "windows-1258"
    assert names(rows)[-1] == CUONG[1]
    assert len(rows) == 301
    table, rows = read(windows_1258(content[0]) + windows_1258(";".join(ANH)))
    assert (table.encoding, names(rows)) == ("windows-1258", [ANH[1]])


def test_decomposed_text_comes_out_composed_and_the_icelandic_letter_becomes_vietnamese() -> None:
    _, rows = read(as_csv([TITLES, [ANH[0], unicodedata.normalize("NFD", "Ðỗ Thị Ánh"), "", ""]]))
    assert names(rows) == ["Đỗ Thị Ánh"]


def test_one_wrong_byte_in_utf_8_costs_its_row() -> None:
    content = as_csv([TITLES, *PEOPLE]).getvalue().replace("Quốc".encode(), "Quốc".encode() + b"\xa0")
    table, rows = read(content)
    assert table.encoding == "utf-8"
    assert names(rows) == [ANH[1], "unreadable-character", CUONG[1]]


def test_a_nul_character_costs_its_row() -> None:
    _, rows = read(as_csv([TITLES, *PEOPLE]).getvalue().replace(b"14/07", b"14\x0007"))
    assert names(rows) == [ANH[1], "unreadable-character", CUONG[1]]


def test_a_separator_line_is_obeyed_and_is_no_row() -> None:
    _, rows = read(b"sep=|\r\n" + as_csv([TITLES, *PEOPLE], separator="|").getvalue())
    assert names(rows) == ALL_NAMES
    _, rows = read(b"sep=;\r\n" + as_csv([TITLES, *PEOPLE]).getvalue())
    assert [row.number for row in rows] == [2, 3, 4]


def test_titles_above_the_header_and_blank_rows_are_passed_over() -> None:
    above = [["ỦY BAN NHÂN DÂN XÃ, HUYỆN, TỈNH, VÀ, CÁC, THÔN"], ["DANH SÁCH"], [], []]
    table, rows = read(as_csv([*above, TITLES, ANH, ["", "", "", ""], BINH]))
    assert [(row.number, row.line) for row in rows] == [(2, 6), (4, 8)]
    assert table.above[1] == ["DANH SÁCH"]


def test_the_header_is_looked_for_in_twenty_rows() -> None:
    above = [["Báo cáo"]] * 19
    assert names(read(as_csv([*above, TITLES, ANH]))[1]) == [ANH[1]]
    with pytest.raises(UnreadableTable, match="column-missing"):
        read(as_csv([*above, ["Báo cáo"], TITLES, ANH]))


def test_titles_with_line_breaks_are_known() -> None:
    _, rows = read(as_csv([["Số\nCCCD", "Họ và\ntên", "Ngày\nsinh", "Thôn"], ANH]))
    assert names(rows) == [ANH[1]]


@pytest.mark.parametrize("family", ["Họ đệm", "Họ và tên đệm"])
def test_family_and_given_name_in_two_columns_are_joined(family: str) -> None:
    table, rows = read(as_csv([["Số CCCD", family, "Tên"], [ANH[0], "Đỗ Thị", "Ánh"]]))
    assert names(rows) == ["Đỗ Thị Ánh"]
    assert table.titles["full_name"] == f"{family} + Tên"


def test_a_given_name_never_replaces_a_whole_name() -> None:
    _, rows = read(as_csv([["Số CCCD", "Họ và tên", "Tên"], [ANH[0], ANH[1], "Ánh"]]))
    assert names(rows) == [ANH[1]]


def test_the_untitled_column_of_a_split_name_belongs_to_it_and_one_of_notes_does_not() -> None:
    rows = [["Số CCCD", "Họ và tên", "", "Thôn"], [ANH[0], "Đỗ Thị", "Ánh", ""], [BINH[0], "Trịnh Quốc", "Bình", ""]]
    assert names(read(as_csv(rows))[1]) == ["Đỗ Thị Ánh", "Trịnh Quốc Bình"]
    rows = [["Số CCCD", "Họ và tên", "", "Thôn"], [*ANH[:2], "", ""], [*BINH[:2], "vắng", ""]]
    assert names(read(as_csv(rows))[1]) == [ANH[1], BINH[1]]


def test_half_a_name_alone_is_a_missing_column() -> None:
    with pytest.raises(UnreadableTable, match="column-missing"):
        read(as_csv([["Số CCCD", "Họ đệm"], [ANH[0], "Đỗ Thị"]]))


def test_a_column_that_appears_twice_refuses_the_file() -> None:
    with pytest.raises(UnreadableTable, match="column-twice"):
        read(as_csv([["Số CCCD", "Họ tên", "Họ và tên"], [*ANH[:2], "x"]]))


def test_other_columns_may_replace_a_missing_one() -> None:
    columns = (Column("id", ("Số CCCD",), required=True), Column("sex", required=True, instead=("male", "female")))
    both = (*columns, Column("male", ("Nam",)), Column("female", ("Nữ",)))
    table, _ = read(as_csv([["Số CCCD", "Nam", "Nữ"], [ANH[0], "x", ""]]), both)
    assert set(table.titles) == {"id", "male", "female"}
    with pytest.raises(UnreadableTable, match="column-missing"):
        read(as_csv([["Số CCCD", "Nam"], [ANH[0], "x"]]), both)


def test_a_quote_that_never_closes_costs_its_own_row() -> None:
    lines = [";".join(row) for row in (TITLES, ANH, BINH, *[CUONG] * 40)]
    lines[2] = lines[2].replace(";Trịnh", ';"Trịnh')
    _, rows = read("\r\n".join(lines).encode())
    assert names(rows) == [ANH[1], "broken-quote", *[CUONG[1]] * 40]
    assert (rows[1].number, rows[1].line) == (3, 3)


@pytest.mark.parametrize("second", [';"Nguyễn Hữu Cường;', ';Nguyễn Hữu Cường";'])
def test_two_broken_quotes_swallow_no_rows_between_them(second: str) -> None:
    lines = [";".join(row) for row in (TITLES, ANH, BINH, ANH, CUONG, ANH)]
    lines[2] = lines[2].replace(";Trịnh", ';"Trịnh')
    lines[4] = lines[4].replace(";Nguyễn Hữu Cường;", second)
    _, rows = read("\n".join(lines).encode())
    assert len(rows) == 5
    assert names(rows)[:3] == [ANH[1], "broken-quote", ANH[1]]
    assert names(rows)[4] == ANH[1]


def test_line_breaks_inside_quotes_are_part_of_a_cell() -> None:
    _, rows = read(as_csv([TITLES, [*ANH[:3], "Thôn\nYên\nBình"], BINH]))
    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 5)]
    assert good(rows)[0].cell("village") == "Thôn\nYên\nBình"


def test_a_cell_beyond_128_kib_costs_its_row() -> None:
    for long in ("x" * 140_000, 'x"' * 70_000, '"' + "x" * 140_000):
        content = ";".join(TITLES) + f"\n{ANH[0]};{long};;\n" + ";".join(BINH)
        _, rows = read(content.encode())
        assert names(rows)[0] in ("too-long", "broken-quote")
        assert names(rows)[1:] == [BINH[1]]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b";;;\n;;\n"])
def test_a_file_without_rows_is_empty(content: bytes) -> None:
    with pytest.raises(UnreadableTable, match="file-empty"):
        read(content)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n...", b"<html><table><tr><td>a</td></tr></table>", b"\x8a\xff\x9d" * 40]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read(content)
    assert caught.value.finding.vi
    assert caught.value.finding.code in ("file-encoding", "column-missing")


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_one_error_of_the_family(content: bytes) -> None:
    with contextlib.suppress(TableError):
        list(read_table(io.BytesIO(content), COLUMNS))


LINE = st.text(st.sampled_from("ab;,\t\"'Ãế "), max_size=30)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINE, max_size=30), st.sampled_from([";", ",", "\t"]))
def test_no_line_is_lost_or_counted_twice_whatever_it_holds(lines: list[str], separator: str) -> None:
    content = separator.join(TITLES) + "\n" + "\n".join(lines)
    try:
        _, rows = read(content.encode())
    except TableError:
        return
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
    first = {row.line for row in rows}
    inside = {
        row.line + after
        for row in good(rows)
        for after in range(1, 1 + sum(str(cell).count("\n") for cell in row.cells if cell))
    }
    blank = {n for n, line in enumerate(lines, 2) if not line.replace(separator, "").replace('"', "").strip()}
    assert not first & inside
    # The first line may repeat a title, as a header over two lines does.
    assert first | inside | blank | {2} >= set(range(2, len(lines) + 2))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=39), max_size=6, unique=True), st.binary(min_size=1, max_size=3))
def test_rows_given_and_rows_rejected_are_the_rows_of_the_file(places: list[int], damage: bytes) -> None:
    lines = [";".join(CUONG).encode() for _ in range(40)]
    for place in places:
        lines[place] = lines[place].replace(b";", b";" + damage.translate(None, b"\r\n\x0b\x0c\x1c\x1d\x1e"), 1)
    try:
        _, rows = read(";".join(TITLES).encode() + b"\n" + b"\n".join(lines))
    except TableError:
        return
    assert len(rows) == 40
    assert sum(isinstance(row, BrokenRow) for row in rows) <= len(places)
