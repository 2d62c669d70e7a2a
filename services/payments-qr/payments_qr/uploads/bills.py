"""A supplier's bill file: one row per customer and period."""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from payments_qr.uploads.footers import Footer
from payments_qr.uploads.tables import Rejection, Remarks, broken, not_needed, rejected, rows_of, text, whole_number
from tabular import BrokenRow, Cell, CellError, Column, Row
from tabular.values import parse_date, text_of

COLUMNS = (
    Column("customer_code", ("Mã khách hàng", "Mã KH", "Mã khách", "Mã danh bộ", "Danh bộ"), required=True),
    Column("period", ("Kỳ hóa đơn", "Kỳ HĐ", "Kỳ", "Tháng", "Kỳ cước", "Tháng/năm", "Kỳ ghi chỉ số"), required=True),
    Column(
        "amount",
        ("Số tiền", "Tổng tiền", "Số tiền phải trả", "Tổng cộng tiền thanh toán", "Thành tiền", "Tổng tiền thanh toán"),
        required=True,
    ),
    Column(
        "due_on",
        ("Hạn thanh toán", "Ngày đến hạn", "Hạn nộp", "Hạn nộp tiền", "Hạn trả tiền", "Đến hạn"),
        required=True,
    ),
    # Understood and not kept: a bill needs no name, address or reading.
    *not_needed(
        "STT",
        "TT",
        "Số TT",
        "Số thứ tự",
        "Ghi chú",
        "Tên khách hàng",
        "Họ và tên",
        "Họ tên",
        "Khách hàng",
        "Địa chỉ",
        "Số công tơ",
        "Chỉ số cũ",
        "Chỉ số mới",
        "Điện năng tiêu thụ",
        "Sản lượng",
        "Số kWh",
        "Số m3",
    ),
)
TEMPLATE = tuple(column for column in COLUMNS if not column.name.startswith("not-needed"))
"""The columns of the workbook that people fill in."""
EXAMPLE = {
    "customer_code": "PA25TS0012346", "period": "11/2026", "amount": "185.000", "due_on": "30/11/2026",
}  # fmt: skip
CUSTOMER_CODE = r"[A-Z0-9][A-Z0-9.\-]{2,24}"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One bill; `period` is `YYYY-MM` (or `YYYY-MM/2` for a second reading in the month), `amount` whole VND."""

    number: int
    customer_code: str
    period: str
    amount: int
    due_on: date
    headings: Mapping[str, str] = field(default_factory=dict, compare=False)

    def refused(self, column: str, code: str, vi: str, en: str) -> Rejection:
        """Why this row cannot be taken, named by the file's own heading."""
        return Rejection(self.number, self.headings.get(column, column), code, vi, en)


async def bill_lines(file: BinaryIO, remarks: Remarks) -> AsyncGenerator[BillLine | list[Rejection]]:
    """Every row as a bill, or as the list of what is wrong with it. Raises RejectedFile without the columns.

    A footer "Tổng cộng" is compared with the sum of the rows: a difference is a remark.
    """
    footer = Footer()
    async for row in rows_of(file, COLUMNS, remarks):
        if isinstance(row, BrokenRow):
            yield [broken(row)]
        elif _has_no_bill(row):
            vi, en = "Dòng không có hóa đơn nào, được bỏ qua.", "The row has no bill and was passed over."
            remarks.note(row.number, "", "no-bill", vi, en)
        elif not footer.note(row):
            bill = _bill_of(row)
            if isinstance(bill, BillLine):
                footer.total += bill.amount
            yield bill
    footer.compare(remarks)


def _has_no_bill(row: Row) -> bool:
    """A heading of a group ("I. Thôn 1"), the sum in words, a place to sign: text beside empty columns of a bill."""
    return not any(text(row, column.name) for column in TEMPLATE)


def _bill_of(row: Row) -> BillLine | list[Rejection]:
    code, period = normalised_customer_code(text(row, "customer_code")), _period_of(row.cell("period"))
    amount, due_on = whole_number(row.cell("amount")), _day_of(row.cell("due_on"))
    if code and period and amount and due_on:
        return BillLine(row.number, code, period, amount, due_on, row.layout.titles)
    wrong = []
    if not code:
        wrong.append(_rejected(row, "customer_code", "Mã khách hàng không hợp lệ.", "The customer code is not valid."))
    if not period:
        wrong.append(_rejected(row, "period", "Kỳ hóa đơn phải là tháng/năm.", "The period must be a month."))
    if not amount:
        wrong.append(_rejected(row, "amount", "Số tiền phải là số nguyên dương.", "The amount must be positive."))
    if not due_on:
        wrong.append(_rejected(row, "due_on", "Hạn thanh toán không hợp lệ.", "The due date is not valid."))
    return wrong


def _rejected(row: Row, column: str, vi: str, en: str) -> Rejection:
    return rejected(row, column, f"wrong-{column.replace('_', '-')}", vi, en)


def normalised_customer_code(written: str) -> str | None:
    """Capitals, no spaces: EVN's `PD` codes and the suppliers' own."""
    code = re.sub(r"\s", "", written).upper()
    return code if re.fullmatch(CUSTOMER_CODE, code) else None


def normalised_period(written: str) -> str | None:
    """`2026-06`, `06/2026`, `6/2026` or `T6/2026` as `2026-06`."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})((?:/\d)?)", written.strip())
    year, month, rest = found.groups() if found else ("", "", "")
    if not found:
        turned = re.fullmatch(r"(?i)(?:T|tháng )?(\d{1,2})[/-](\d{4})", written.strip())
        if not turned:
            return None
        month, year = turned.groups()
    return f"{year}-{int(month):02d}{rest}" if 1 <= int(month) <= 12 else None


def _period_of(cell: Cell) -> str | None:
    """The month; a spreadsheet makes a date of `06/2026`."""
    return f"{cell:%Y-%m}" if isinstance(cell, date) else normalised_period(text_of(cell))


def _day_of(cell: Cell) -> date | None:
    try:
        return parse_date(cell)
    except CellError:
        return None
