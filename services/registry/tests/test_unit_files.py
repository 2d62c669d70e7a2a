"""Tables of units as people send them, who imported them, and the workbook to fill in."""

import io
from typing import Any

import openpyxl

from libs.tabular.tests import workbooks

from .test_unit_kinds import KINDS, NAMED_AS_WRONG

TITLES = ["Mã đơn vị", "Tên đơn vị", "Cấp", "Loại", "Mã cấp trên", "Từ ngày", "Đến ngày"]


async def sent(calling: Any, content: bytes) -> Any:
    return await calling("operator").post("/v1/unit-imports", files={"file": ("don-vi.xlsx", content)})


async def test_a_workbook_with_vietnamese_titles_kinds_and_dates_is_a_table_of_units(calling: Any) -> None:
    row = ["15724-09", "Tổ dân phố 9", "Thôn", "Tổ dân phố", "15724", "01/01/2026", ""]
    book = workbooks.as_xlsx([["DANH SÁCH THÔN"], [], TITLES, row])

    answer = await sent(calling, book.getvalue())

    assert answer.status_code == 201, answer.text
    unit = (await calling().get("/v1/units/15724-09")).json()
    assert (unit["title"], unit["kind"], unit["valid_from"]) == ("Tổ dân phố 9", "residential_group", "2026-01-01")


async def test_a_sick_workbook_is_refused_with_the_advice_to_save_it_again(calling: Any) -> None:
    answer = await sent(calling, workbooks.as_xlsx([TITLES]).getvalue()[:-200])

    assert answer.status_code == 422
    assert ".xlsx" in answer.json()["errors"][0]["message"]


async def test_the_template_is_read_when_it_is_filled_in_and_imports_are_listed(calling: Any) -> None:
    operator = calling("operator")
    template = await operator.get("/v1/unit-imports/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    filled = dict(zip(TITLES, ["15724-09", "Thôn Chín", "Thôn", "Thôn", "15724", "2026-01-01", ""], strict=True))
    for title, value in filled.items():
        sheet.cell(3, titles.index(title) + 1, value)
    content = io.BytesIO()
    book.save(content)

    made = await sent(calling, content.getvalue())

    assert made.status_code == 201, made.text
    listed = (await operator.get("/v1/unit-imports")).json()["items"]
    assert listed[-1]["id"] == made.json()["id"]
    assert (listed[-1]["units_created"], listed[-1]["created_by"]["role"]) == (1, "operator")
    assert listed[0]["created_by"]["role"] == "system"
    assert (await operator.get(f"/v1/unit-imports/{made.json()['id']}")).json() == listed[-1]
    assert (await calling("officer", unit_code="38").get("/v1/unit-imports")).status_code == 403


async def test_every_kind_of_file_is_imported_or_refused_in_words(calling: Any) -> None:
    for name, content, rows in KINDS:
        answer = await sent(calling, content)
        expected = 422 if rows is None or name in NAMED_AS_WRONG else 201
        assert answer.status_code == expected, (name, answer.text)
        if expected == 422:
            assert all(len(each["message"]) > 10 for each in answer.json()["errors"]), name
        else:
            assert (await calling().get("/v1/units/15724-92")).json()["name"] == "Thôn 2", name
