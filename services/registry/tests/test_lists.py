import contextlib
import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from registry.lists import CellFinding, ListedResident, read_list
from tabular import UnreadableTable

TODAY = date(2026, 11, 21)
HEADER = [
    "Số CCCD", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "Hộ khẩu", "SĐT", "chinh_chu", "Mã số BHXH",
    "Smartphone", "Tài khoản ngân hàng", "Bảo trợ xã hội",
]  # fmt: skip
GOOD = [
    "038085000123", "Lê Văn Đức", "05/09/1985", "Nam", "15727-01", "H001", "0912345678", "có", "3812345678",
    "x", "1", "",
]  # fmt: skip


def as_csv(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def as_xlsx(rows: list[list[object]]) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def residents(file: io.BytesIO) -> list[ListedResident]:
    outcomes = list(read_list(file, TODAY))
    assert all(isinstance(outcome, ListedResident) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, ListedResident)]


def rejections(file: io.BytesIO) -> list[tuple[int, str, str]]:
    wrong = [outcome for outcome in read_list(file, TODAY) if isinstance(outcome, list)]
    return [(r.row, r.column, r.finding.code) for outcome in wrong for r in outcome]


def check_duc(listed: ListedResident) -> None:
    assert listed.personal_id == "038085000123"
    assert listed.full_name == "Lê Văn Đức"
    assert listed.birth == (date(1985, 9, 5), "day")
    assert listed.sex == "male"
    assert listed.id_document == "cccd"
    assert listed.others.get("phone") == "+84912345678"
    assert listed.others.get("has_smartphone") is True
    assert listed.others.get("has_bank_account") is True
    assert listed.others.get("social_protection") is False


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_list_is_read_in_any_usual_encoding_and_separator(encoding: str, delimiter: str) -> None:
    [listed] = residents(as_csv([HEADER, GOOD], delimiter, encoding))

    check_duc(listed)


def test_a_windows_1258_list_comes_out_composed() -> None:
    # Windows-1258 writes most accents as separate marks after a base letter.
    spelled = {"ố": "ô\u0301", "ọ": "o\u0323", "ơ": "\u01a1", "ớ": "ơ\u0301", "ạ": "a\u0323", "ệ": "ê\u0323",
               "ả": "a\u0309", "ợ": "ơ\u0323", "ộ": "ô\u0323", "ẩ": "â\u0309", "ã": "a\u0303", "ứ": "ư\u0301",
               "ế": "ê\u0301"}  # fmt: skip
    rows = [["".join(spelled.get(c, c) for c in cell) for cell in row] for row in (HEADER, GOOD)]

    [listed] = residents(as_csv(rows, ";", "cp1258"))

    check_duc(listed)


def test_a_workbook_with_real_dates_and_numbers_is_read() -> None:
    row: list[object] = [38085000123, "Lê Văn Đức", date(1985, 9, 5), "Nam", "15727-01", "H001", 912345678, "có",
                         3812345678, "x", 1, None]  # fmt: skip

    [listed] = residents(as_xlsx([list(HEADER), row]))

    check_duc(listed)


def test_the_contract_s_own_names_are_headers_too() -> None:
    header = ["PERSONAL ID", "full_name", "date_of_birth", "sex", "unit_code"]

    [listed] = residents(as_csv([header, ["038185000123", "Bùi Thị Én", "1985", "female", "15727-02"]]))

    assert (listed.birth, listed.sex, listed.others.get("phone")) == ((date(1985, 1, 1), "year"), "female", None)
    assert listed.others.get("has_smartphone") is None


def test_sex_may_stand_in_two_columns_marked_with_x() -> None:
    header = ["so_dinh_danh", "ho_ten", "ngay_sinh", "Nam", "Nữ", "thon"]
    file = as_csv([header, ["038085000123", "A", "1985", "x", "", "t"], ["038185000123", "B", "1985", "", "X", "t"]])

    assert [listed.sex for listed in residents(file)] == ["male", "female"]


def test_two_columns_may_hold_the_year_of_birth_by_sex() -> None:
    header = ["so_dinh_danh", "ho_ten", "Nam", "Nữ", "thon"]
    file = as_csv([header, ["038085000123", "A", "1985", "", "t"], ["038185000123", "B", "", "01/02/1985", "t"]])

    assert [(listed.sex, listed.birth.day.year) for listed in residents(file)] == [("male", 1985), ("female", 1985)]


def test_both_or_neither_mark_is_a_wrong_cell() -> None:
    header = ["so_dinh_danh", "ho_ten", "ngay_sinh", "Nam", "Nữ", "thon"]
    file = as_csv([header, ["038085000123", "A", "1985", "x", "x", "t"], ["038085000124", "B", "1985", "", "", "t"]])

    assert rejections(file) == [(2, "Nam/Nữ", "sex-ambiguous"), (3, "Nam/Nữ", "required")]


def test_every_wrong_cell_of_a_row_is_named_with_row_and_column() -> None:
    wrong = ["0380850001", "Lê 4", "31/02/1985", "Khác", "", "H1", "123", "maybe", "12", "x", "1", "?"]
    file = as_csv([HEADER, GOOD, wrong])

    assert rejections(file) == [
        (3, "Số CCCD", "personal-id-length"),
        (3, "Họ và tên", "name-invalid"),
        (3, "Ngày sinh", "date-invalid"),
        (3, "Giới tính", "sex-invalid"),
        (3, "Thôn/TDP", "required"),
        (3, "chinh_chu", "yes-no-invalid"),
        (3, "Mã số BHXH", "social-insurance-invalid"),
        (3, "Bảo trợ xã hội", "yes-no-invalid"),
    ]


@pytest.mark.parametrize(
    ("written", "phone", "warnings"),
    [
        ("0168 234 5678", "+84382345678", ["phone-converted"]),
        ("0912345678 / 0987654321", "+84912345678", ["phone-several"]),
        ("không có", None, []),
        ("hỏi trưởng thôn", None, ["phone-invalid"]),
    ],
)
def test_a_phone_that_is_none_costs_the_phone_and_not_the_resident(
    written: str, phone: str | None, warnings: list[str]
) -> None:
    [listed] = residents(as_csv([HEADER, [*GOOD[:6], written, *GOOD[7:]]]))

    assert listed.others.get("phone") == phone
    assert [warning.code for warning in listed.warnings] == warnings


def test_a_personal_number_that_lost_its_zeros_to_a_spreadsheet_gets_them_back_with_a_warning() -> None:
    [listed] = residents(as_csv([HEADER, ["38085000123", *GOOD[1:]]]))

    assert listed.personal_id == "038085000123"
    assert [warning.code for warning in listed.warnings] == ["leading-zeros-restored"]


def test_rows_above_the_header_are_passed_over_and_the_header_counts_as_row_1() -> None:
    wrong = ["1", *GOOD[1:]]
    file = as_csv([["ỦY BAN NHÂN DÂN XÃ"], ["DANH SÁCH NHÂN KHẨU"], [], HEADER, GOOD, wrong], ";")

    assert rejections(file) == [(3, "Số CCCD", "personal-id-length")]


def test_a_quote_that_never_closes_is_named_and_no_row_disappears() -> None:
    content = as_csv([HEADER, GOOD, GOOD, GOOD], ";").getvalue().replace("Lê Văn Đức".encode(), '"Lê'.encode(), 1)

    outcomes = list(read_list(io.BytesIO(content), TODAY))

    assert len(outcomes) == 3
    assert rejections(io.BytesIO(content)) == [(2, "", "broken-quote")]


def test_family_and_given_name_in_two_columns_are_one_name() -> None:
    header = ["Số CCCD", "Họ đệm", "Tên", "Ngày sinh", "Giới tính", "Thôn"]

    [listed] = residents(as_csv([header, ["038085000123", "Lê Văn", "Đức", "05/09/1985", "Nam", "15727-01"]]))

    assert listed.full_name == "Lê Văn Đức"


def test_each_visible_sheet_is_read_and_a_wrong_cell_is_named_with_its_sheet() -> None:
    book = Workbook()
    book.worksheets[0].title = "Cũ"
    book.worksheets[0].sheet_state = "hidden"
    for name, number in (("Thôn 1", GOOD[0]), ("Thôn 2", "1")):
        sheet = book.create_sheet(name)
        for row in (HEADER, [number, *GOOD[1:]]):
            sheet.append(row)
    book.active = 1
    file = io.BytesIO()
    book.save(file)

    first, second = read_list(file, TODAY)

    assert isinstance(first, ListedResident)
    assert [(r.row, r.column) for r in second] == [(4, "Số CCCD (Thôn 2, dòng 2)")]  # type: ignore[attr-defined]


def test_messages_come_in_both_languages() -> None:
    [[rejection]] = [o for o in read_list(as_csv([HEADER, ["1", *GOOD[1:]]]), TODAY) if isinstance(o, list)]

    assert isinstance(rejection, CellFinding)
    assert "chữ số" in rejection.finding.vi
    assert "digits" in rejection.finding.en


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1950", (date(1950, 1, 1), "year")),
        ("00/00/1950", (date(1950, 1, 1), "year")),
        ("03/1950", (date(1950, 3, 1), "month")),
        ("5.9.1985", (date(1985, 9, 5), "day")),
        ("05 - 09 - 1985", (date(1985, 9, 5), "day")),
        ("1985-09-05", (date(1985, 9, 5), "day")),
    ],
)
def test_birth_dates_keep_their_precision(written: str, expected: tuple[date, str]) -> None:
    [listed] = residents(as_csv([HEADER, [*GOOD[:2], written, *GOOD[3:]]]))

    assert listed.birth == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [("01/01/2030", "date-in-future"), ("1700", "date-too-old"), ("85", "date-invalid"), ("2/30/1990", "date-invalid")],
)
def test_impossible_birth_dates_are_refused(written: str, code: str) -> None:
    assert rejections(as_csv([HEADER, [*GOOD[:2], written, *GOOD[3:]]])) == [(2, "Ngày sinh", code)]


def test_an_account_number_in_the_yes_no_column_means_yes_and_is_not_kept() -> None:
    [listed] = residents(as_csv([HEADER, [*GOOD[:10], "0491000123456", ""]]))

    assert listed.others.get("has_bank_account") is True
    assert "0491000123456" not in repr(listed)


def test_blank_rows_are_counted_but_left_out() -> None:
    listed = residents(as_csv([HEADER, [""] * 12, GOOD]))

    assert [resident.row for resident in listed] == [3]


def test_a_list_without_a_required_column_is_refused_as_a_whole() -> None:
    with pytest.raises(UnreadableTable) as error:
        list(read_list(as_csv([["Họ và tên", "Ngày sinh"], ["A", "1985"]]), TODAY))

    assert error.value.finding.code == "column-missing"
    assert "personal_id" in error.value.finding.en


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04 not a workbook", b"\x81\x8d\x8f\x90 no text at all \xd2"]
)
def test_a_file_that_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableTable):
        list(read_list(io.BytesIO(content), TODAY))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_an_unreadable_list(content: bytes) -> None:
    with contextlib.suppress(UnreadableTable):
        list(read_list(io.BytesIO(content), TODAY))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=12, max_size=12))
def test_any_cells_are_a_resident_or_rejections(cells: list[str]) -> None:
    for outcome in read_list(as_csv([HEADER, cells], encoding="utf-8"), TODAY):
        assert isinstance(outcome, ListedResident) or outcome


class EndlessList(io.RawIOBase):
    """A list of many rows that never exists in memory as a whole."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._restart()

    def _restart(self) -> None:
        self.pending = b""
        self.lines = self._lines()

    def _lines(self) -> Iterator[bytes]:
        yield (";".join(HEADER) + "\n").encode()
        line = (";".join(GOOD) + "\n").encode()
        for _ in range(self.rows):
            yield line

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._restart()
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self.pending) < len(buffer):
            line = next(self.lines, None)
            if line is None:
                break
            self.pending += line
        taken = self.pending[: len(buffer)]
        buffer[: len(taken)] = taken
        self.pending = self.pending[len(taken) :]
        return len(taken)


def test_memory_stays_flat_however_long_the_list_is() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_list(io.BufferedReader(EndlessList(2_000)), TODAY))  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 2_000
    assert peak < 3_000_000
