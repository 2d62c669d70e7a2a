"""A market's stall list: one row per stall, with the account where its payments arrive."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import BinaryIO

from payments_qr.qr_payload import folded
from payments_qr.uploads.tables import Rejection, broken, header_key, rows_of, text
from tabular import BrokenRow, Cell, CellError, Column, Finding, Row
from tabular.values import parse_account, text_of

COLUMNS = (
    Column("name", ("Tên điểm bán", "Tên quầy", "Tên hộ kinh doanh", "Tên sạp"), required=True),
    Column("tax_code", ("Mã số thuế", "MST", "Số CCCD", "Số định danh"), required=True),
    Column("bin", ("Mã ngân hàng",)),
    Column("bank", ("Ngân hàng",)),
    Column("account_no", ("Số tài khoản", "STK"), required=True),
    Column("account_name", ("Chủ tài khoản", "Tên tài khoản")),
    Column("counter", ("Số quầy", "Quầy", "Vị trí")),
    Column("unit_code", ("Thôn", "Mã đơn vị")),
    Column("category", ("Loại hình", "Loại")),
)
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


async def stalls(file: BinaryIO) -> AsyncGenerator[Stall | list[Rejection]]:
    """Every row as a stall, or as the list of what is wrong with it. Raises UnreadableFile without the columns."""
    async for row in rows_of(file, COLUMNS):
        yield [broken(row)] if isinstance(row, BrokenRow) else _stall_of(row)


def _stall_of(row: Row) -> Stall | list[Rejection]:
    name, tax_code, account_no = (
        text(row, "name"),
        _tax_code_of(row.cell("tax_code")),
        _account_of(row.cell("account_no")),
    )
    bank, category = text(row, "bin") or text(row, "bank"), header_key(text(row, "category"))
    wrong = []
    if not name:
        wrong.append(_rejected(row, "name", "Thiếu tên điểm bán.", "The name is missing."))
    if tax_code is None:
        messages = "Mã số thuế gồm 10, 12 hoặc 13 chữ số.", "A tax code has 10, 12 or 13 digits."
        wrong.append(_rejected(row, "tax_code", *messages))
    if not bank:
        wrong.append(_rejected(row, "bin", "Thiếu ngân hàng.", "The bank is missing."))
    if isinstance(account_no, Finding):
        code = "digits-lost" if account_no.code == "digits-lost" else "wrong-account-no"
        wrong.append(Rejection(row.number, "account_no", code, account_no.vi, account_no.en))
    if category not in CATEGORIES:
        wrong.append(_rejected(row, "category", "Loại hình không hợp lệ.", "The category is not valid."))
    if wrong or tax_code is None or isinstance(account_no, Finding):
        return wrong
    return Stall(
        number=row.number,
        name=name,
        tax_code=tax_code,
        bank=bank,
        account_no=account_no,
        account_name=text(row, "account_name") or folded(name).upper(),
        counter=text(row, "counter") or None,
        unit_code=text(row, "unit_code") or None,
        category=CATEGORIES[category],
    )


def _rejected(row: Row, column: str, vi: str, en: str) -> Rejection:
    return Rejection(row.number, column, f"wrong-{column.replace('_', '-')}", vi, en)


def _tax_code_of(cell: Cell) -> str | None:
    """A tax code; where a spreadsheet took it for a number, with the zeros that it lost."""
    digits = normalised_tax_code(text_of(cell))
    if digits is None and isinstance(cell, int) and len(str(cell)) in (9, 11):
        return f"0{cell}"
    return digits


def _account_of(cell: Cell) -> str | Finding:
    try:
        return parse_account(cell)
    except CellError as error:
        return error.finding


def normalised_tax_code(written: str) -> str | None:
    """Digits only: 10 (enterprise), 13 (branch, written with a dash), 12 (a household's personal number, since 2025)."""
    digits = re.sub(r"[\s\-]", "", written)
    return digits if re.fullmatch(r"[0-9]{10}|[0-9]{12}|[0-9]{13}", digits) else None
