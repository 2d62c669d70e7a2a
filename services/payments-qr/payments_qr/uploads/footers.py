"""The last row of a list, "Tổng cộng": no item, its sum is compared with the sum of the rows."""

from contextlib import suppress
from dataclasses import dataclass

from payments_qr.uploads.tables import Remarks, dotted, header_key, heading
from tabular import CellError, Row
from tabular.values import parse_vnd, text_of

FOOTERS = ("tongcong", "tongso", "tongtien", "tong", "cong", "total", "grandtotal")


def is_footer(row: Row, *, empty: tuple[str, ...]) -> bool:
    """Whether a row begins with such a word and has nothing in the columns that every item fills (`empty`)."""
    first = next((header_key(text_of(cell)) for cell in row.cells if text_of(cell)), "")
    return first.startswith(FOOTERS) and all(header_key(text_of(row.cell(column))) in ("", first) for column in empty)


@dataclass
class Footer:
    """The footer of a list with amounts; `total` is the sum of its good rows."""

    total: int = 0
    stated: int | None = None
    number: int = 1
    column: str = "amount"

    def note(self, row: Row) -> bool:
        """Whether a row is the footer, which is then noted."""
        if not is_footer(row, empty=("customer_code", "period", "due_on")):
            return False
        self.number, self.column = row.number, heading(row, "amount")
        with suppress(CellError):
            self.stated = parse_vnd(row.cell("amount"))
        return True

    def compare(self, remarks: Remarks) -> None:
        """Notes a sum that differs from the rows."""
        if self.stated is not None and self.stated != self.total:
            vi = f"Dòng tổng cộng ghi {dotted(self.stated)} nhưng các dòng hợp lệ cộng lại là {dotted(self.total)}."
            en = f"The footer states {self.stated}, the valid rows add up to {self.total}."
            remarks.note(self.number, self.column, "sum-differs", vi, en)
