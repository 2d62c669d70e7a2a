"""A market's stall list: one row per stall, with the account where its payments arrive."""

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from payments_qr.uploads.footers import is_footer
from payments_qr.uploads.tables import Rejection, Remarks, broken, not_needed, rejected, rows_of, text
from tabular import BrokenRow, Cell, CellError, Column, Finding, Row
from tabular.values import parse_account, text_of

COLUMNS = (
    Column(
        "name",
        (
            "Tên điểm bán",
            "Tên quầy",
            "Tên hộ kinh doanh",
            "Tên sạp",
            "Tên cửa hàng",
            "Tên ki ốt",
            "Tên kiốt",
            "Hộ kinh doanh",
        ),
        required=True,
    ),
    Column(
        "tax_code",
        (
            "Mã số thuế",
            "MST",
            "Số CCCD",
            "Số định danh",
            "MST/CCCD",
            "CCCD",
            "Số ĐDCN",
            "Mã số thuế/CCCD",
            "Số căn cước",
        ),
        required=True,
    ),
    Column("bin", ("Mã ngân hàng", "BIN", "Mã BIN")),
    Column("bank", ("Ngân hàng", "Tên ngân hàng", "Ngân hàng mở tài khoản", "Tại ngân hàng")),
    Column("account_no", ("Số tài khoản", "STK", "Tài khoản", "Số TK", "Số tài khoản ngân hàng"), required=True),
    Column(
        "account_name",
        (
            "Chủ tài khoản",
            "Tên tài khoản",
            "Tên chủ tài khoản",
            "Chủ TK",
            "Tên TK",
            "Người thụ hưởng",
            "Tên người nhận",
        ),
    ),
    Column("counter", ("Số quầy", "Quầy", "Vị trí", "Quầy số", "Số ki ốt", "Số sạp", "Lô", "Ki ốt")),
    Column("unit_code", ("Thôn", "Mã đơn vị", "Thôn/TDP", "Mã thôn")),
    Column("category", ("Loại hình", "Loại", "Loại điểm bán", "Loại hình kinh doanh")),
    # Understood and not kept.
    *not_needed(
        "STT",
        "TT",
        "Số TT",
        "Số thứ tự",
        "Ghi chú",
        "Ngành hàng",
        "Mặt hàng",
        "Mặt hàng kinh doanh",
        "Ngành nghề",
        "Họ và tên",
        "Họ tên",
        "Chủ hộ",
        "Tên chủ hộ",
        "Người đại diện",
        "Số điện thoại",
        "SĐT",
        "Địa chỉ",
    ),
)
TEMPLATE = tuple(column for column in COLUMNS if not column.name.startswith("not-needed") and column.name != "bin")
"""The columns of the workbook that people fill in."""
EXAMPLE = {
    "name": "Sạp rau Chị Hạnh", "tax_code": "038180012345", "bank": "Agribank", "account_no": "3500205123456",
    "account_name": "NGUYEN THI HANH", "counter": "12", "unit_code": "15727-01", "category": "Sạp chợ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stall:
    """One stall of the list; `bank` is what the list calls the bank, a BIN, a code or a name, `category` what it calls that.

    `account_name` is the account holder's name as the list has it; None where it has none.
    """

    number: int
    name: str
    tax_code: str
    bank: str
    account_no: str
    account_name: str | None
    counter: str | None
    unit_code: str | None
    category: str | None
    headings: Mapping[str, str] = field(default_factory=dict, compare=False)

    def refused(self, column: str, code: str, vi: str, en: str) -> Rejection:
        """Why this row cannot be taken, named by the file's own heading."""
        return Rejection(self.number, self.headings.get(column, column), code, vi, en)


async def stalls(file: BinaryIO, remarks: Remarks) -> AsyncGenerator[Stall | list[Rejection]]:
    """Every row as a stall, or as the list of what is wrong with it. Raises RejectedFile without the columns."""
    async for row in rows_of(file, COLUMNS, remarks):
        if isinstance(row, BrokenRow):
            yield [broken(row)]
        elif not is_footer(row, empty=("tax_code", "account_no")):
            yield _stall_of(row)


def _stall_of(row: Row) -> Stall | list[Rejection]:
    name, tax_code, account_no = (
        text(row, "name"),
        _tax_code_of(row.cell("tax_code")),
        _account_of(row.cell("account_no")),
    )
    bank = text(row, "bin") or text(row, "bank")
    wrong = []
    if not name:
        wrong.append(_rejected(row, "name", "Thiếu tên điểm bán.", "The name is missing."))
    if tax_code is None:
        messages = "Mã số thuế gồm 10, 12 hoặc 13 chữ số.", "A tax code has 10, 12 or 13 digits."
        wrong.append(_rejected(row, "tax_code", *messages))
    if not bank:
        column = "bank" if "bank" in row.layout.titles else "bin"
        wrong.append(rejected(row, column, "wrong-bin", "Thiếu ngân hàng.", "The bank is missing."))
    if isinstance(account_no, Finding):
        code = "digits-lost" if account_no.code == "digits-lost" else "wrong-account-no"
        wrong.append(rejected(row, "account_no", code, account_no.vi, account_no.en))
    if wrong or tax_code is None or isinstance(account_no, Finding):
        return wrong
    return Stall(
        number=row.number,
        name=name,
        tax_code=tax_code,
        bank=bank,
        account_no=account_no,
        account_name=text(row, "account_name") or None,
        counter=text(row, "counter") or None,
        unit_code=text(row, "unit_code") or None,
        category=text(row, "category") or None,
        headings=row.layout.titles,
    )


def _rejected(row: Row, column: str, vi: str, en: str) -> Rejection:
    return rejected(row, column, f"wrong-{column.replace('_', '-')}", vi, en)


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
