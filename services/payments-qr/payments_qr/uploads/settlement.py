"""A partner's settlement file, CSV or workbook, with a control line of the number of rows and their sum.

    #TotalCount,3,TotalAmount,95000
    partner_reference,type,amount,settled_at,original_reference
    FT1,payment,50000,2026-06-01T09:00:00+07:00,
    FT2,payment,60000,2026-06-01T23:10:00+07:00,
    FT3,reversal,15000,2026-06-01T10:00:00+07:00,FT1

The control line may stand first or last. Payments count as plus, reversals as minus. Layouts of NAPAS and the banks
are not public; the columns follow what published settlement reports of payment companies have in common.
"""

import itertools
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from payments_qr.qr_payload import LARGEST_AMOUNT
from payments_qr.uploads.footers import is_footer
from payments_qr.uploads.settlement_columns import (
    COLUMNS,
    DONE_WORDS,
    FAILED_WORDS,
    REVERSED_STATUS_WORDS,
    VND_WORDS,
    Kind,
    kind_of_word,
)
from payments_qr.uploads.tables import (
    RejectedFile,
    Rejection,
    Remarks,
    dotted,
    header_key,
    heading,
    opened,
    text,
    unknown_column,
    whole_number,
)
from payments_qr.uploads.times import WrongTime, instant_of
from tabular import BrokenRow, Cell, CellError, Row, Table
from tabular.values import parse_vnd, text_of

_COUNT_NAMES = {"totalcount", "count", "sodong", "soluong", "sogiaodich"}
_SUM_NAMES = {"totalamount", "sum", "totalsum", "tongtien", "tongsotien"}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One transaction as the partner books it; `amount` is positive VND for both kinds."""

    number: int
    kind: Kind
    partner_reference: str
    amount: int
    settled_at: datetime | None
    original_reference: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows add up to; `is_stated`: the file states it itself."""

    count: int
    sum: int
    is_stated: bool
    remarks: list[Rejection] = field(default_factory=list)


class _Statement:
    """What a file states about itself, in a control line above or below its rows or in a footer "Tổng cộng"."""

    def __init__(self) -> None:
        self.count: int | None = None
        self.sum: int | None = None
        self.footer: int | None = None
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
        if not is_footer(row, empty=("settled_at", "type", "partner_reference", "original_reference")):
            return False
        with suppress(CellError):
            self.footer = _signed_amount(row)
        self.is_there = True
        return True


async def checked_totals(file: BinaryIO, ignored: Collection[str] = ()) -> Totals:
    """Reads the whole file once and compares it with its control line; raises RejectedFile before anything is applied.

    Every row must be readable: a settlement is taken whole or not at all. `ignored` are the headings of columns that the
    sender marks as not needed.
    """
    statement, remarks = _Statement(), Remarks()
    count = net = gross = 0
    seen: set[str] = set()
    async with aclosing(_lines(file, statement, remarks, ignored)) as lines:
        async for line in lines:
            if line.partner_reference in seen:
                messages = "Dòng lặp lại.", "The row is repeated."
                raise _refused(line.number, "partner_reference", "duplicate-row", *messages)
            seen.add(line.partner_reference)
            count += 1
            net += line.amount if line.kind == "payment" else -line.amount
            gross += line.amount
    _compare("TotalCount", statement.count, {count}, "count-differs")
    _compare("TotalAmount", statement.sum, {net}, "sum-differs")
    # A footer sums the column: with refunds written as minus it is the net sum, without signs the gross sum.
    _compare("Tổng cộng", statement.footer, {net, gross}, "sum-differs")
    return Totals(count, net, is_stated=statement.is_there, remarks=remarks.found)


def settlement_lines(file: BinaryIO, ignored: Collection[str] = ()) -> AsyncGenerator[FileLine]:
    """The transactions of the file in its order; raises RejectedFile at the first row that cannot be read."""
    return _lines(file, _Statement(), Remarks(), ignored)


async def _lines(
    file: BinaryIO, statement: _Statement, remarks: Remarks, ignored: Collection[str]
) -> AsyncGenerator[FileLine]:
    async with opened(file, COLUMNS) as table:
        _refuse_unknown_columns(table.table, {header_key(heading) for heading in ignored})
        for cells in table.table.above:
            statement.note_control(cells)
        async for row in table.rows():
            if isinstance(row, BrokenRow):
                raise _refused(row.line, "", row.finding.code, row.finding.vi, row.finding.en)
            if _is_transaction(row, statement) and _has_succeeded(row, remarks):
                yield _line_of(row)
        remarks.note_table(table.table)


def _refuse_unknown_columns(table: Table, ignored: set[str]) -> None:
    """Without a column of types, a column that is not understood may be it: refunds would count as payments."""
    unknown = [title for title in table.unknown if header_key(title) not in ignored]
    if unknown and "type" not in table.titles and not {"credit", "debit"} <= set(table.titles):
        named = unknown_column(unknown[0])
        listed = ", ".join(f"“{title}”" for title in unknown)
        vi = f"Không hiểu cột {listed}, và tệp không có cột “Loại giao dịch”: không biết dòng nào là hoàn tiền. "
        vi += "Đổi tên cột, hoặc nêu cột này trong ignored_columns nếu không cần."
        en = f"The columns {listed} are not understood and there is no column “Loại giao dịch”: refunds are not distinguished. "
        en += "Rename the column, or name it in ignored_columns if it is not needed."
        raise RejectedFile(Rejection(1, named.column, "column-unknown", vi, en))


def _is_transaction(row: Row, statement: _Statement) -> bool:
    is_end = text_of(row.cells[0]).upper() == "<END>"
    return not (is_end or statement.note_control(row.cells) or statement.note_footer(row))


def _has_succeeded(row: Row, remarks: Remarks) -> bool:
    word = header_key(text(row, "status"))
    if word in FAILED_WORDS:
        text_of_it = (
            "Giao dịch không thành công; không đối soát.",
            "The transaction did not succeed; it is not compared.",
        )
        remarks.note(row.line, heading(row, "status"), "not-successful", *text_of_it)
        return False
    if word in DONE_WORDS or word in REVERSED_STATUS_WORDS:
        return True
    raise _wrong(row, "status", "wrong-status", "Trạng thái không hợp lệ.", "The status is not valid.")


def _is_control(names: list[str]) -> bool:
    return bool(set(names) & _COUNT_NAMES) and not set(names) & {"partnerreference", "magiaodich", "transactionid"}


def _stated(names: list[str], line: list[str], wanted: set[str]) -> int | None:
    for name, value in itertools.pairwise(zip(names, line, strict=True)):
        if name[0] in wanted:
            sign = -1 if value[1].startswith("-") else 1
            number = whole_number(value[1].lstrip("-"))
            return None if number is None else sign * number
    return None


def _compare(column: str, stated: int | None, found: set[int], code: str) -> None:
    if stated is not None and stated not in found:
        sums = " / ".join(map(dotted, sorted(found)))
        vi = f"Tệp ghi {dotted(stated)} ở “{column}” nhưng các dòng cộng lại là {sums}."
        raise _refused(
            1, column, code, vi, f"The file states {dotted(stated)} as “{column}”, the rows add up to {sums}."
        )


def _line_of(row: Row) -> FileLine:
    reference = text(row, "partner_reference") or text(row, "transfer_reference")
    if not reference:
        raise _wrong(row, "partner_reference", "required", "Thiếu mã giao dịch.", "The reference is missing.")
    if header_key(text(row, "currency")) not in VND_WORDS:
        raise _wrong(row, "currency", "wrong-currency", "Chỉ nhận tiền đồng (VND).", "Only VND is accepted.")
    try:
        amount = _signed_amount(row)
    except CellError as error:
        code = "digits-lost" if error.finding.code == "digits-lost" else "wrong-amount"
        raise _wrong(row, "amount", code, error.finding.vi, error.finding.en) from error
    if not 1 <= abs(amount) <= LARGEST_AMOUNT:
        raise _wrong(row, "amount", "wrong-amount", "Số tiền không hợp lệ.", "The amount is not valid.")
    return FileLine(
        number=row.line,
        kind=_kind_of(row, amount),
        partner_reference=reference,
        amount=abs(amount),
        settled_at=_instant_of(row),
        original_reference=text(row, "original_reference") or None,
    )


def _signed_amount(row: Row) -> int:
    """The amount of a row: of one column, or money in less money out."""
    if "amount" in row.layout.positions:
        return parse_vnd(row.cell("amount"))
    paid_in, paid_out = (parse_vnd(row.cell(side)) if text(row, side) else 0 for side in ("credit", "debit"))
    return abs(paid_in) - abs(paid_out)


def _kind_of(row: Row, amount: int) -> Kind:
    kind = kind_of_word(header_key(text(row, "type")))
    if kind is None:
        raise _wrong(row, "type", "wrong-type", "Loại giao dịch không hợp lệ.", "The type is not valid.")
    is_given_back = amount < 0 or header_key(text(row, "status")) in REVERSED_STATUS_WORDS
    return "reversal" if is_given_back else kind


def _instant_of(row: Row) -> datetime | None:
    try:
        return instant_of(row.cell("settled_at"))
    except WrongTime as error:
        raise _wrong(row, "settled_at", "wrong-time", "Thời gian không hợp lệ.", "The time is not valid.") from error


def _wrong(row: Row, column: str, code: str, vi: str, en: str) -> RejectedFile:
    """A cell for which the file is refused: named by the line and heading that its sender sees."""
    title = heading(row, column)
    return _refused(row.line, title, code, f"Cột “{title}”: {vi}", f"Column “{title}”: {en}")


def _refused(number: int, column: str, code: str, vi: str, en: str) -> RejectedFile:
    return RejectedFile(Rejection(number, column, code, vi, en))
