"""A market's stall list: one row per stall, with the account where its payments arrive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from payments_qr.qr_payload import folded
from payments_qr.uploads.tables import Rejection, Row, header_key, lines_of, rows_of

COLUMNS = {
    "name": ("name", "Tên điểm bán", "Tên quầy", "Tên hộ kinh doanh", "Tên sạp"),
    "tax_code": ("tax_code", "Mã số thuế", "MST", "Số CCCD", "Số định danh"),
    "bin": ("bin", "Mã ngân hàng", "BIN"),
    "bank": ("bank", "Ngân hàng"),
    "account_no": ("account_no", "Số tài khoản", "STK"),
    "account_name": ("account_name", "Chủ tài khoản", "Tên tài khoản"),
    "counter": ("counter", "Số quầy", "Quầy", "Vị trí"),
    "unit_code": ("unit_code", "Thôn", "Mã đơn vị"),
    "category": ("category", "Loại", "Loại hình"),
}
CATEGORIES = {
    "": None, "marketstall": "market_stall", "sap": "market_stall", "quay": "market_stall", "cho": "market_stall",
    "shop": "shop", "cuahang": "shop", "electricity": "electricity", "dien": "electricity", "water": "water",
    "nuoc": "water",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stall:
    """One stall of the list; `bank` is what the list calls the bank, a BIN, a code or a name."""

    number: int
    name: str
    tax_code: str
    bank: str
    account_no: str
    account_name: str
    counter: str | None
    unit_code: str | None
    category: str | None


def stalls(file: BinaryIO) -> Iterator[Stall | list[Rejection]]:
    """Every row as a stall, or as the list of what is wrong with it. Raises UnreadableFile without the columns."""
    required = ("name", "tax_code", "account_no")
    for row in rows_of(enumerate(lines_of(file), 1), COLUMNS, required):
        yield _stall_of(row)


def _stall_of(row: Row) -> Stall | list[Rejection]:
    tax_code, account_no = normalised_tax_code(row["tax_code"]), re.sub(r"[\s.\-]", "", row["account_no"])
    bank, category = row["bin"] or row["bank"], header_key(row["category"])
    wrong = []
    if not row["name"]:
        wrong.append(_rejected(row, "name", "Thiếu tên điểm bán.", "The name is missing."))
    if tax_code is None:
        text = "Mã số thuế gồm 10, 12 hoặc 13 chữ số.", "A tax code has 10, 12 or 13 digits."
        wrong.append(_rejected(row, "tax_code", *text))
    if not bank:
        wrong.append(_rejected(row, "bin", "Thiếu ngân hàng.", "The bank is missing."))
    if not re.fullmatch(r"[A-Za-z0-9]{1,19}", account_no):
        text = "Số tài khoản gồm 1 đến 19 chữ và số.", "An account has 1 to 19 letters and digits."
        wrong.append(_rejected(row, "account_no", *text))
    if category not in CATEGORIES:
        wrong.append(_rejected(row, "category", "Loại hình không hợp lệ.", "The category is not valid."))
    if wrong or tax_code is None:
        return wrong
    return Stall(
        number=row.number,
        name=row["name"],
        tax_code=tax_code,
        bank=bank,
        account_no=account_no,
        account_name=row["account_name"] or folded(row["name"]).upper(),
        counter=row["counter"] or None,
        unit_code=row["unit_code"] or None,
        category=CATEGORIES[category],
    )


def _rejected(row: Row, column: str, vi: str, en: str) -> Rejection:
    return Rejection(row.number, column, f"wrong-{column.replace('_', '-')}", vi, en)


def normalised_tax_code(text: str) -> str | None:
    """Digits only: 10 (enterprise), 13 (branch, written with a dash), 12 (a household's personal number, since 2025)."""
    digits = re.sub(r"[\s\-]", "", text)
    return digits if re.fullmatch(r"[0-9]{10}|[0-9]{12}|[0-9]{13}", digits) else None
