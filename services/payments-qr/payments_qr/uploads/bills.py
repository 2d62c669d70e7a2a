"""A supplier's bill file: one row per customer and period."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from payments_qr.uploads.tables import Rejection, broken, rows_of, text, whole_number
from tabular import BrokenRow, Cell, CellError, Column, Row
from tabular.values import parse_date, text_of

COLUMNS = (
    Column("customer_code", ("Mã khách hàng", "Mã KH"), required=True),
    Column("period", ("Kỳ hóa đơn", "Kỳ"), required=True),
    Column("amount", ("Số tiền", "Tổng tiền"), required=True),
    Column("due_on", ("Hạn thanh toán", "Ngày đến hạn", "Hạn nộp"), required=True),
)
CUSTOMER_CODE = r"[A-Z0-9][A-Z0-9.\-]{2,24}"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One bill; `period` is `YYYY-MM` (or `YYYY-MM/2` for a second reading in the month), `amount` whole VND."""

    number: int
    customer_code: str
    period: str
    amount: int
    due_on: date


async def bill_lines(file: BinaryIO) -> AsyncGenerator[BillLine | list[Rejection]]:
    """Every row as a bill, or as the list of what is wrong with it. Raises UnreadableFile without the columns."""
    async for row in rows_of(file, COLUMNS):
        yield [broken(row)] if isinstance(row, BrokenRow) else _bill_of(row)


def _bill_of(row: Row) -> BillLine | list[Rejection]:
    code, period = normalised_customer_code(text(row, "customer_code")), _period_of(row.cell("period"))
    amount, due_on = whole_number(row.cell("amount")), _day_of(row.cell("due_on"))
    if code and period and amount and due_on:
        return BillLine(row.number, code, period, amount, due_on)
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
    return Rejection(row.number, column, f"wrong-{column.replace('_', '-')}", vi, en)


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
