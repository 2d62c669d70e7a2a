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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal

from chassis.clock import HO_CHI_MINH
from payments_qr.uploads.tables import Rejection, Row, UnreadableFile, header_key, lines_of, rows_of, whole_number

COLUMNS = {
    "partner_reference": ("partner_reference", "Mã giao dịch", "transaction_id", "Số tham chiếu"),
    "type": ("type", "Loại giao dịch", "transaction_type"),
    "amount": ("amount", "Số tiền"),
    "settled_at": ("settled_at", "Thời gian", "Thời gian giao dịch", "Ngày giao dịch", "transaction_date"),
    "original_reference": ("original_reference", "Mã giao dịch gốc"),
    "merchant_id": ("merchant_id", "Mã điểm bán"),
    "reference": ("reference", "Nội dung", "Mã thanh toán"),
}
_REVERSALS = {"reversal", "refund", "hoan", "hoantien", "hoantra", "huy"}
_PAYMENTS = {"", "payment", "thanhtoan", "settled", "sale", "credit"}
_COUNT_NAMES = {"totalcount", "count", "sodong", "soluong", "sogiaodich"}
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


def checked_totals(file: BinaryIO) -> Totals:
    """Reads the whole file once and compares it with its control line; raises UnreadableFile before anything is applied.

    Every row must be readable: a settlement is taken whole or not at all.
    """
    stated = stated_totals(file)
    count = total = 0
    seen: set[str] = set()
    for line in settlement_lines(file):
        if line.partner_reference in seen:
            raise _refused(line.number, "partner_reference", "duplicate-row", "Dòng lặp lại.", "The row is repeated.")
        seen.add(line.partner_reference)
        count += 1
        total += line.amount if line.kind == "payment" else -line.amount
    if stated is not None:
        _compare("TotalCount", stated[0], count, "count-differs")
        _compare("TotalAmount", stated[1], total, "sum-differs")
    return Totals(count, total, is_stated=stated is not None)


def stated_totals(file: BinaryIO) -> tuple[int | None, int | None] | None:
    """Count and sum of the control line; None when the file has none."""
    for line in lines_of(file):
        names = [header_key(cell) for cell in line]
        if _is_control(names):
            return _stated(names, line, _COUNT_NAMES), _stated(names, line, _SUM_NAMES)
    return None


def settlement_lines(file: BinaryIO) -> Iterator[SettlementLine]:
    """The transactions of the file in its order; raises UnreadableFile at the first row that cannot be read."""
    numbered = ((number, line) for number, line in enumerate(lines_of(file), 1) if _is_data(line))
    for row in rows_of(numbered, COLUMNS, required=("partner_reference", "amount")):
        yield _line_of(row)


def _is_control(names: list[str]) -> bool:
    return bool(set(names) & _COUNT_NAMES) and not set(names) & {"partnerreference", "magiaodich", "transactionid"}


def _is_data(line: list[str]) -> bool:
    is_end = bool(line) and line[0].upper() == "<END>"
    return any(line) and not is_end and not _is_control([header_key(cell) for cell in line])


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
    amount = whole_number(row["amount"].lstrip("-"))
    if not amount:
        raise _refused(row.number, "amount", "wrong-amount", "Số tiền không hợp lệ.", "The amount is not valid.")
    if not row["partner_reference"]:
        raise _refused(row.number, "partner_reference", "required", "Thiếu mã giao dịch.", "The reference is missing.")
    return SettlementLine(
        number=row.number,
        kind=_kind_of(row),
        partner_reference=row["partner_reference"],
        amount=amount,
        settled_at=_instant_of(row),
        original_reference=row["original_reference"] or None,
    )


def _kind_of(row: Row) -> Literal["payment", "reversal"]:
    name = header_key(row["type"])
    if name in _REVERSALS or row["amount"].startswith("-"):
        return "reversal"
    if name in _PAYMENTS:
        return "payment"
    raise _refused(row.number, "type", "wrong-type", "Loại giao dịch không hợp lệ.", "The type is not valid.")


def _instant_of(row: Row) -> datetime | None:
    """The instant of a row; a time without a zone is Vietnamese time, as every Vietnamese provider writes it."""
    text = re.sub(r"\s+", " ", row["settled_at"])
    if not text:
        return None
    readers: list[Callable[[str], datetime]] = [datetime.fromisoformat, *map(_in_form, _LOCAL_FORMS)]
    for read in readers:
        try:
            found = read(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=HO_CHI_MINH)
    raise _refused(row.number, "settled_at", "wrong-time", "Thời gian không hợp lệ.", "The time is not valid.")


def _in_form(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form)  # noqa: DTZ007  # the zone is added by the caller


def _refused(number: int, column: str, code: str, vi: str, en: str) -> UnreadableFile:
    return UnreadableFile(Rejection(number, column, code, vi, en))
