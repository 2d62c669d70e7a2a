import io

import openpyxl
import pytest

from libs.tabular.tests.lists import ANH, COLUMNS, names, read
from tabular import UnreadableTable, is_blank
from tabular.template import template_workbook

EXAMPLES = {"personal_id": "038190000011", "full_name": "Nguyễn Văn A"}
VILLAGES = [f"Thôn {number}" for number in range(1, 61)]


def filled(*people: list[str]) -> io.BytesIO:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(COLUMNS, EXAMPLES, {"village": VILLAGES})))
    for row, person in enumerate(people, 3):
        for place, cell in enumerate(person, 1):
            book.worksheets[0].cell(row, place, cell)
    content = io.BytesIO()
    book.save(content)
    return io.BytesIO(content.getvalue())


def test_a_filled_template_is_read_and_its_example_row_is_left_out_by_name() -> None:
    table, rows = read(filled(ANH))
    assert names(rows) == ["example-row", ANH[1]]
    assert set(table.titles) == {column.name for column in COLUMNS}


def test_cells_of_the_template_are_text_and_choices_are_offered() -> None:
    sheet = openpyxl.load_workbook(filled()).worksheets[0]
    assert sheet.column_dimensions["A"].number_format == "@" or sheet["A2"].number_format == "@"
    assert [cell.value for cell in sheet[1]] == [*(column.title for column in COLUMNS), "Ghi chú"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref)) == ("list", "D2:D5001")
    assert rule.formula1 == "'Lựa chọn'!$A$1:$A$60"


def test_an_empty_cell_is_blank_and_an_empty_workbook_is_refused() -> None:
    assert all(is_blank(cell) for cell in (None, "", "  "))
    assert not any(is_blank(cell) for cell in (0, False, "x"))
    with pytest.raises(UnreadableTable):
        read(io.BytesIO(b""))
