import pytest

from libs.tabular.tests.lists import ANH, BINH, CUONG, PEOPLE, TITLES, as_csv, names, read
from libs.tabular.tests.workbooks import as_xlsx
from tabular import UnreadableTable, legacy

CODES = {letter: code for code, letter in legacy._TCVN3.items()}
VNI = {
    "Đỗ Thị Ánh": "Ñoã Thò AÙnh",
    "Trịnh Quốc Bình": "Trònh Quoác Bình",
    "Nguyễn Hữu Cường": "Nguyeãn Höõu Cöôøng",
    "Thôn Yên Bình": "Thoân Yeân Bình",
    "Thôn Phú Lộc": "Thoân Phuù Loäc",
}
ASCII_TITLES = ["personal_id", "full_name", "born_on", "village"]


def tcvn3(text: str) -> str:
    """The text in the Latin-1 characters that a TCVN3 font shows as Vietnamese."""
    return "".join(CODES.get(letter, letter) for letter in text)


def in_font(rows: list[list[str]], font: str) -> list[list[str]]:
    convert = tcvn3 if font == "TCVN3" else lambda text: VNI.get(text, text)
    return [[convert(cell) for cell in row] for row in rows]


LOWER = [["038190000011", "đỗ thị ánh", "02/03/1990", "Thôn Yên Bình"], *PEOPLE[1:]]


@pytest.mark.parametrize("font", ["TCVN3", "VNI"])
def test_a_csv_file_in_a_legacy_font_is_converted_with_a_preview(font: str) -> None:
    people = PEOPLE if font == "VNI" else LOWER
    table, rows = read(as_csv([ASCII_TITLES, *in_font(people, font)], "latin-1"))
    assert names(rows) == [person[1] for person in people]
    assert table.encoding == font
    assert [notice.finding.code for notice in table.notices] == ["encoding-converted"]
    assert table.notices[0].preview == tuple(person[1] for person in people)


@pytest.mark.parametrize("font", ["TCVN3", "VNI"])
def test_a_workbook_in_a_legacy_font_is_converted(font: str) -> None:
    people = PEOPLE if font == "VNI" else LOWER
    table, rows = read(as_xlsx([ASCII_TITLES, *in_font(people, font)]))
    assert names(rows) == [person[1] for person in people]
    assert table.encoding == font


def test_titles_in_a_legacy_font_are_known() -> None:
    vni = ["Soá CCCD", "Hoï vaø teân", "Ngaøy sinh", "Thoân"]
    assert names(read(as_xlsx([vni, *in_font(PEOPLE, "VNI")]))[1]) == [person[1] for person in PEOPLE]
    titles = [tcvn3(title) for title in TITLES]
    assert names(read(as_csv([titles, *in_font(LOWER, "TCVN3")], "latin-1"))[1])[0] == LOWER[0][1]


def test_titles_in_unicode_over_names_in_a_legacy_font_are_no_mixture() -> None:
    assert names(read(as_xlsx([TITLES, *in_font(PEOPLE, "VNI")]))[1]) == [person[1] for person in PEOPLE]


def test_capital_fonts_give_capitals() -> None:
    assert legacy.to_unicode("NGUYÔN H÷U C¦êNG", "TCVN3") == "NGUYỄN HỮU CƯỜNG"


@pytest.mark.parametrize("font", ["TCVN3", "VNI"])
def test_a_file_that_mixes_a_legacy_font_and_unicode_is_refused_by_name(font: str) -> None:
    mixture = [ASCII_TITLES, *in_font([CUONG, BINH], font), ["1", "Đỗ Thị Ánh", "", ""], ["2", "Bùi Văn Hưng", "", ""]]
    for file in (as_xlsx(mixture), as_csv(mixture)):
        with pytest.raises(UnreadableTable, match="file-encoding-mixed") as caught:
            read(file)
        assert font in caught.value.finding.vi


def test_one_strange_row_in_a_long_unicode_list_costs_that_row() -> None:
    _, rows = read(as_csv([TITLES, *[CUONG] * 30, *in_font([CUONG], "VNI"), ANH]))
    assert names(rows) == [*[CUONG[1]] * 30, "row-encoding", ANH[1]]


@pytest.mark.parametrize("codec", ["cp1252", "cp1258"])
def test_utf_8_that_was_read_twice_is_repaired_and_lost_letters_cost_their_row(codec: str) -> None:
    def again(text: str) -> str:
        return text.encode().decode(codec, "replace")

    people = [["1", "Phạm Thế Mỹ"], ["2", "Lê Hà"], ["3", "Trần Đình Hậu"], ["4", "Lê Thị Hoa"]]
    table, rows = read(as_csv([["personal_id", "full_name"], *[[n, again(name)] for n, name in people]]))
    assert table.encoding == "UTF-8 × 2"
    given = [name for _, name in people]
    assert all(name in (right, "unreadable-character") for name, right in zip(names(rows), given, strict=True))
    assert names(rows)[1] == "Lê Hà"


FOREIGN = ["Zoë Müller", "José Muñoz", "François Lefèvre", "Åsa Öberg", "H'Ngơi Niê Kđăm", "Chloé Dubois"]


def test_foreign_names_and_names_of_minorities_are_no_legacy_font() -> None:
    people = [[str(number), name, "", ""] for number, name in enumerate(FOREIGN)]
    _, rows = read(as_csv([TITLES, *people, *PEOPLE]))
    assert names(rows)[: len(FOREIGN)] == FOREIGN


def test_common_names_in_unicode_have_no_evidence_of_another_encoding() -> None:
    family = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Giàng Lò Sùng Quách Trương Hà Cầm"
    given = "Hoà Thuý Thủy Quỳnh Uyên Khuyên Nguyệt Yến Ý Ánh Oanh Huế Thoại Giáp Giếng Quý Xuân Nghiêm Ưng Ẩn Mỵ Tấn"
    for name in (family + " " + given).split():
        assert not legacy.evidence_of(name).legacy, name
        assert not legacy.evidence_of(name.upper()).legacy, name
