"""A supplier's bill file: one row per customer and period."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from payments_qr.uploads.tables import Rejection, Row, lines_of, rows_of, whole_number

COLUMNS = {
    "customer_code": ("customer_code", "Mã khách hàng", "Mã KH", "ma_kh"),
    "period": ("period", "Kỳ", "Kỳ hóa đơn", "ky_hoa_don"),
    "amount": ("amount", "Số tiền", "Tổng tiền"),
    "due_on": ("due_on", "Hạn thanh toán", "Ngày đến hạn", "han_nop"),
}
CUSTOMER_CODE = r"[A-Z0-9][A-Z0-9.\-]{2,24}"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One bill; `period` is `YYYY-MM` (or `YYYY-MM/2` for a second reading in the month), `amount` whole VND."""

    number: int
    customer_code: str
    period: str
    amount: int
    due_on: date


def bill_lines(file: BinaryIO) -> Iterator[BillLine | list[Rejection]]:
    """Every row as a bill, or as the list of what is wrong with it. Raises UnreadableFile without the columns."""
    for row in rows_of(enumerate(lines_of(file), 1), COLUMNS, required=tuple(COLUMNS)):
        yield _bill_of(row)


def _bill_of(row: Row) -> BillLine | list[Rejection]:
    code, period = normalised_customer_code(row["customer_code"]), normalised_period(row["period"])
    amount, due_on = whole_number(row["amount"]), normalised_day(row["due_on"])
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


def normalised_customer_code(text: str) -> str | None:
    """Capitals, no spaces: EVN's `PD` codes and the suppliers' own."""
    code = re.sub(r"\s", "", text).upper()
    return code if re.fullmatch(CUSTOMER_CODE, code) else None


def normalised_period(text: str) -> str | None:
    """`2026-06`, `06/2026`, `6/2026` or `T6/2026` as `2026-06`."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})((?:/\d)?)", text.strip())
    year, month, rest = found.groups() if found else ("", "", "")
    if not found:
        turned = re.fullmatch(r"(?i)(?:T|tháng )?(\d{1,2})[/-](\d{4})", text.strip())
        if not turned:
            return None
        month, year = turned.groups()
    return f"{year}-{int(month):02d}{rest}" if 1 <= int(month) <= 12 else None


def normalised_day(text: str) -> date | None:
    """`2026-06-30` or `30/06/2026`."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None
