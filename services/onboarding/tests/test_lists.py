import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from onboarding.lists import ListedNumber, NumberList, RowFault, read_numbers
from tabular import UnreadableTable

TODAY = date(2026, 11, 21)
HEADER = ["Số CCCD", "Mức độ", "Ngày kích hoạt"]


async def read(content: bytes) -> list[ListedNumber | RowFault]:
    return (await whole(content)).rows


async def whole(content: bytes) -> NumberList:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return await read_numbers(file, TODAY)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(content)
    return content.getvalue()


async def test_numbers_and_dates_of_a_workbook_are_read_as_written_ones_are() -> None:
    expected = [ListedNumber(2, "038090000021", date(2026, 11, 1), 2)]

    assert await read(as_xlsx([HEADER, [38090000021, 2, date(2026, 11, 1)]])) == expected
    assert await read(as_csv([HEADER, ["038090000021", "Mức 2", "01/11/2026 08:30"]])) == expected


async def test_title_rows_above_the_header_do_not_hide_the_list() -> None:
    rows = await read(as_csv([["CÔNG AN XÃ, HUYỆN, TỈNH"], ["DANH SÁCH"], HEADER, ["038090000021", "2", "01/11/2026"]]))

    assert rows == [ListedNumber(4, "038090000021", date(2026, 11, 1), 2)]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (["12", "2", ""], ("personal_id", "not-a-number")),
        (["3.8090000021E10", "2", ""], ("personal_id", "digits-lost")),
        (["038090000021", "3", ""], ("level", "not-a-level")),
        (["038090000021", "2", "31/02/2026"], ("occurred_on", "not-a-date")),
        (["038090000021", "2", "01/11/26"], ("occurred_on", "not-a-date")),
        (["038090000021", "2", "01/12/2026"], ("occurred_on", "in-the-future")),
    ],
)
async def test_a_wrong_cell_is_named_with_its_row(cells: list[str], fault: tuple[str, str]) -> None:
    good, wrong = await read(as_csv([HEADER, ["038090000021", "1", ""], cells]))

    assert isinstance(good, ListedNumber)
    assert isinstance(wrong, RowFault)
    assert (wrong.row, wrong.column, wrong.code) == (3, *fault)


async def test_a_year_of_two_digits_is_refused_with_the_reason() -> None:
    [wrong] = await read(as_csv([HEADER, ["038090000021", "2", "01/11/26"]]))

    assert isinstance(wrong, RowFault)
    assert "bốn chữ số" in wrong.vi


async def test_a_broken_quote_costs_one_row_and_a_cell_of_150_kib_is_no_accident() -> None:
    lines = [";".join(cells) for cells in (HEADER, ['"038090000021', "2", ""], ["038090000021", "2", ""])]
    long = ["038090000021", "2", "", "x" * 150_000]

    assert [type(row) for row in await read("\n".join(lines).encode())] == [RowFault, ListedNumber]
    assert [type(row) for row in await read(as_csv([[*HEADER, "Ghi chú"], long]))] == [RowFault]


async def test_a_list_without_numbers_and_a_sick_workbook_are_refused() -> None:
    with pytest.raises(UnreadableTable, match="column-missing"):
        await read(as_csv([["Họ tên"], ["A"]]))
    with pytest.raises(UnreadableTable, match="file-not-xlsx"):
        await read(as_xlsx([HEADER])[:-100])


async def test_a_number_that_lost_its_zeros_counts_with_a_warning() -> None:
    listed = await whole(as_xlsx([HEADER, [38090000021, 2, ""], ["038090000022", 2, ""]]))

    assert [row.personal_id for row in listed.rows if isinstance(row, ListedNumber)] == ["038090000021", "038090000022"]
    assert [(each.row, each.column, each.code) for each in listed.warnings] == [
        (2, "personal_id", "leading-zeros-restored")
    ]


async def test_what_concerns_the_whole_file_is_a_warning_of_row_1() -> None:
    book = Workbook()
    book.worksheets[0].append(HEADER)
    book.worksheets[0].append(["038090000021", "2", "01/11/2026"])
    book.create_sheet("Ghi chú").append(["Tổng hợp"])
    content = io.BytesIO()
    book.save(content)

    listed = await whole(content.getvalue())

    assert [(each.row, each.code) for each in listed.warnings] == [(1, "sheets-not-read")]


async def test_the_last_day_of_a_signature_is_read() -> None:
    header = ["Số định danh cá nhân", "Serial chứng thư số", "Ngày cấp", "Ngày hết hạn"]

    good, wrong = await read(
        as_csv(
            [
                header,
                ["038090000021", "S1", "01/03/2026", "01/03/2029"],
                ["038090000022", "S2", "01/03/2026", "01/02/2026"],
            ]
        )
    )

    assert isinstance(good, ListedNumber)
    assert good.valid_until == date(2029, 3, 1)
    assert isinstance(wrong, RowFault)
    assert (wrong.column, wrong.code) == ("valid_until", "before-start")
