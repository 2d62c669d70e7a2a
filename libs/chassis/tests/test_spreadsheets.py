import pytest

from chassis.spreadsheets import csv_line
from chassis.web.imports import FindingView, csv_response


@pytest.mark.parametrize("heading", ["=1+1", "+84", "-1", "@a", "\t=1", "＝1"])
def test_a_heading_of_a_strangers_file_is_no_formula_in_the_table_of_findings(heading: str) -> None:
    finding = FindingView(row=3, column=heading, code="unreadable", message="Không đọc được.")
    table = bytes(csv_response([finding]).body).decode("utf-8-sig")
    assert table.splitlines() == [
        "row,column,code,message",
        csv_line((3, f"'{heading}", "unreadable", "Không đọc được.")).strip(),
    ]


def test_numbers_stay_numbers() -> None:
    assert csv_line((-1, "Đồng Tiến")) == "-1,Đồng Tiến\r\n"
