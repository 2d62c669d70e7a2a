"""A signature list as a workbook, in the columns that providers ask for."""

import io
from typing import NamedTuple

import xlsxwriter

HEADER = ("STT", "Họ và tên", "Ngày sinh", "Số định danh cá nhân", "Số điện thoại", "Thôn/TDP", "Serial chứng thư số")
WIDTHS = (6, 30, 14, 22, 16, 14, 28)


class ListedPerson(NamedTuple):
    """One row; numbers are masked in a preview and full in an approved list."""

    name: str
    born: str
    personal_id: str
    phone: str
    unit: str
    serial: str


def render_workbook(title: str, people: list[ListedPerson]) -> bytes:
    """The workbook's bytes; every cell is text, so that numbers keep their zeros and no cell is a formula."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Danh sách")
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, title, bold)
    for column, (name, width) in enumerate(zip(HEADER, WIDTHS, strict=True)):
        sheet.write_string(2, column, name, bold)
        sheet.set_column(column, column, width)
    for number, person in enumerate(people, start=1):
        for column, value in enumerate((str(number), *person)):
            sheet.write_string(2 + number, column, value)
    book.close()
    return content.getvalue()
