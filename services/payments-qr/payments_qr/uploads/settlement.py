"""A partner's settlement file: a CSV with a control line that says how many rows there are and what they add up to.

    #TotalCount,3,TotalAmount,95000
    partner_reference,type,amount,settled_at,original_reference
    FT1,payment,50000,2026-06-01T09:00:00+07:00,
    FT2,payment,60000,2026-06-01T23:10:00+07:00,
    FT3,reversal,15000,2026-06-01T10:00:00+07:00,FT1

The control line may stand first or last. Payments count as plus, reversals as minus. Layouts of NAPAS and the banks
are not public; the columns follow what published settlement reports of payment companies have in common.
"""

import itertools
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO, Literal

from chassis.clock import HO_CHI_MINH
from payments_qr.uploads.tables import Rejection, UnreadableFile, header_key, refused_file, text, whole_number
from tabular import BrokenRow, Cell, CellError, Column, Row, UnreadableTable, open_table
from tabular.values import parse_vnd, text_of

COLUMNS = (
    Column("partner_reference", ("Mã giao dịch", "transaction_id", "Số tham chiếu"), required=True),
    Column("type", ("Loại giao dịch", "transaction_type")),
    Column("amount", ("Số tiền",), required=True),
    Column("settled_at", ("Thời gian", "Thời gian giao dịch", "Ngày giao dịch", "transaction_date")),
    Column("original_reference", ("Mã giao dịch gốc",)),
    Column("merchant_id", ("Mã điểm bán",)),
    Column("reference", ("Nội dung", "Mã thanh toán")),
)
_REVERSALS = {"reversal", "refund", "hoan", "hoantien", "hoantra", "huy"}
_PAYMENTS = {"", "payment", "thanhtoan", "settled", "sale", "credit"}
_COUNT_NAMES = {"totalcount", "count", "sodong", "soluong", "sogiaodich"}
_FOOTERS = frozenset(("tongcong", "tong", "tongso", "cong", "total", "grandtotal"))
_SUM_NAMES = {"totalamount", "sum", "totalsum", "tongtien", "tongsotien"}
_LOCAL_FORMS = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y%m%d%H%M%S", "%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One transaction as the partner books it; `amount` is positive VND for both kinds."""

    number: int
    kind: Literal["payment", "reversal"]
    partner_reference: str
    amount: int
    settled_at: datetime | None
    original_reference: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows add up to; `is_stated` tells whether the file said so itself."""

    count: int
    sum: int
    is_stated: bool


class _Statement:
    """What a file says of itself, in a control line above or below its rows or in a footer "Tổng cộng"."""

    def __init__(self) -> None:
        self.count: int | None = None
        self.sum: int | None = None
        self.is_there = False

    def note_control(self, cells: Sequence[Cell]) -> bool:
        """Whether these are the cells of a control line, which is then noted."""
        written = [text_of(cell) for cell in cells]
        names = [header_key(cell) for cell in written]
        if not _is_control(names):
            return False
        if not self.is_there:
            self.count, self.sum = _stated(names, written, _COUNT_NAMES), _stated(names, written, _SUM_NAMES)
        self.is_there = True
        return True

    def note_footer(self, row: Row) -> bool:
        """Whether a row is the footer with the sum of the rows above it, which is then noted."""
        first = next((header_key(text_of(cell)) for cell in row.cells if text_of(cell)), "")
        if first not in _FOOTERS:
            return False
        with suppress(CellError):
            stated = parse_vnd(row.cell("amount"))
            self.sum = stated if self.sum is None else self.sum
        self.is_there = True
        return True


async def checked_totals(file: BinaryIO) -> Totals:
    """Reads the whole file once and compares it with its control line; raises UnreadableFile before anything is applied.

    Every row must be readable: a settlement is taken whole or not at all.
    """
    statement = _Statement()
    count = total = 0
    seen: set[str] = set()
    async with aclosing(_lines(file, statement)) as lines:
        async for line in lines:
            if line.partner_reference in seen:
                messages = "Dòng lặp lại.", "The row is repeated."
                raise _refused(line.number, "partner_reference", "duplicate-row", *messages)
            seen.add(line.partner_reference)
            count += 1
            total += line.amount if line.kind == "payment" else -line.amount
    _compare("TotalCount", statement.count, count, "count-differs")
    _compare("TotalAmount", statement.sum, total, "sum-differs")
    return Totals(count, total, is_stated=statement.is_there)


def settlement_lines(file: BinaryIO) -> AsyncGenerator[SettlementLine]:
    """The transactions of the file in its order; raises UnreadableFile at the first row that cannot be read."""
    return _lines(file, _Statement())


async def _lines(file: BinaryIO, statement: _Statement) -> AsyncGenerator[SettlementLine]:
    try:
        async with open_table(file, COLUMNS) as table:
            for cells in table.table.above:
                statement.note_control(cells)
            async for row in table.rows():
                if isinstance(row, BrokenRow):
                    raise _refused(row.line, "", row.finding.code, row.finding.vi, row.finding.en)
                if _is_transaction(row, statement):
                    yield _line_of(row)
    except UnreadableTable as error:
        raise refused_file(error, COLUMNS) from error


def _is_transaction(row: Row, statement: _Statement) -> bool:
    is_end = text_of(row.cells[0]).upper() == "<END>"
    return not (is_end or statement.note_control(row.cells) or statement.note_footer(row))


def _is_control(names: list[str]) -> bool:
    return bool(set(names) & _COUNT_NAMES) and not set(names) & {"partnerreference", "magiaodich", "transactionid"}


def _stated(names: list[str], line: list[str], wanted: set[str]) -> int | None:
    for name, value in itertools.pairwise(zip(names, line, strict=True)):
        if name[0] in wanted:
            sign = -1 if value[1].startswith("-") else 1
            number = whole_number(value[1].lstrip("-"))
            return None if number is None else sign * number
    return None


def _compare(column: str, stated: int | None, found: int, code: str) -> None:
    if stated is not None and stated != found:
        vi = f"Dòng kiểm soát ghi {stated} nhưng các dòng cộng lại là {found}."
        en = f"The control line says {stated}, the rows add up to {found}."
        raise _refused(1, column, code, vi, en)


def _line_of(row: Row) -> SettlementLine:
    amount, reference = _amount_of(row), text(row, "partner_reference")
    if not amount:
        raise _refused(row.line, "amount", "wrong-amount", "Số tiền không hợp lệ.", "The amount is not valid.")
    if not reference:
        raise _refused(row.line, "partner_reference", "required", "Thiếu mã giao dịch.", "The reference is missing.")
    return SettlementLine(
        number=row.line,
        kind=_kind_of(row, amount),
        partner_reference=reference,
        amount=abs(amount),
        settled_at=_instant_of(row),
        original_reference=text(row, "original_reference") or None,
    )


def _amount_of(row: Row) -> int | None:
    try:
        return parse_vnd(row.cell("amount"))
    except CellError:
        return None


def _kind_of(row: Row, amount: int) -> Literal["payment", "reversal"]:
    name = header_key(text(row, "type"))
    if name in _REVERSALS or amount < 0:
        return "reversal"
    if name in _PAYMENTS:
        return "payment"
    raise _refused(row.line, "type", "wrong-type", "Loại giao dịch không hợp lệ.", "The type is not valid.")


def _instant_of(row: Row) -> datetime | None:
    """The instant of a row; a time without a zone is Vietnamese time, as every Vietnamese provider writes it."""
    cell = row.cell("settled_at")
    if isinstance(cell, date):
        return (cell if isinstance(cell, datetime) else datetime.combine(cell, time())).replace(tzinfo=HO_CHI_MINH)
    written = re.sub(r"\s+", " ", text(row, "settled_at"))
    if not written:
        return None
    readers: list[Callable[[str], datetime]] = [datetime.fromisoformat, *map(_in_form, _LOCAL_FORMS)]
    for read in readers:
        try:
            found = read(written)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=HO_CHI_MINH)
    raise _refused(row.line, "settled_at", "wrong-time", "Thời gian không hợp lệ.", "The time is not valid.")


def _in_form(form: str) -> Callable[[str], datetime]:
    return lambda written: datetime.strptime(written, form)  # noqa: DTZ007  # the zone is added by the caller


def _refused(number: int, column: str, code: str, vi: str, en: str) -> UnreadableFile:
    return UnreadableFile(Rejection(number, column, code, vi, en))
