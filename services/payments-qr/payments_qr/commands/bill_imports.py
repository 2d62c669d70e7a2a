"""Import of a supplier's bill file: each valid row becomes a bill with its code."""

from collections.abc import Sequence
from typing import BinaryIO

from sqlmodel import col, select

from chassis.errors import FieldError, Problem
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from payments_qr.commands.bill_events import publish_issued
from payments_qr.commands.bills import code_of_bill, new_bill, replace_terms
from payments_qr.commands.imports import Change, ImportRun, in_chunks, readable, start_import
from payments_qr.commands.qr_codes import qr_issued_event
from payments_qr.errors import MerchantNotActive
from payments_qr.model import Bill, Merchant, QrCode
from payments_qr.model.bills import BillTerms
from payments_qr.model.fields import EARLIEST, LATEST
from payments_qr.uploads.bills import BillLine, bill_lines
from payments_qr.uploads.tables import Rejection

KnownBills = dict[tuple[str, str], tuple[Bill, QrCode | None]]


async def import_bills(
    session: Session, caller: Caller, merchant: Merchant, file: BinaryIO, *, dry_run: bool = False
) -> ImportRun:
    """Issues a bill with its code for every row; an unpaid bill with another amount or date takes the new values."""
    if not merchant.lifecycle.may_issue_codes:
        raise MerchantNotActive()
    unit = (merchant.unit_id, merchant.unit_code)
    run = await start_import(session, caller, "bills", str(merchant.id), unit, file, dry_run=dry_run)
    if not run.is_new:
        return run
    async for chunk in in_chunks(readable(bill_lines(file, run.remarks))):
        run.record.total_rows += len(chunk)
        known = await _known_bills(session, merchant, [row for row in chunk if isinstance(row, BillLine)])
        issued: list[Bill] = []
        for row in chunk:
            run.reject(row if isinstance(row, list) else _take_row(run, merchant, known, row, issued))
        await session.flush()
        await publish_issued(session, merchant, issued)
    run.save_findings()
    return run


async def _known_bills(session: Session, merchant: Merchant, lines: Sequence[BillLine]) -> KnownBills:
    found = await session.exec(
        select(Bill, QrCode)
        .join(QrCode, col(QrCode.id) == col(Bill.qr_code_id), isouter=True)
        .where(
            col(Bill.merchant_id) == merchant.id,
            col(Bill.customer_code).in_({line.customer_code for line in lines}),
            col(Bill.period).in_({line.period for line in lines}),
        )
        .with_for_update(of=Bill)
    )
    return {(bill.customer_code, bill.period): (bill, code) for bill, code in found}


def _take_row(
    run: ImportRun, merchant: Merchant, known: KnownBills, line: BillLine, issued: list[Bill]
) -> list[Rejection]:
    """A row that fits into no code is reported like any other; the rows after it are applied."""
    try:
        return _take_bill(run, merchant, known, line, issued)
    except Problem as problem:
        wrong = problem.errors[0] if problem.errors else FieldError("", problem.slug, problem.vi, problem.en)
        return [line.refused(wrong.pointer.strip("/"), wrong.code, wrong.vi, wrong.en)]


def _take_bill(
    run: ImportRun, merchant: Merchant, known: KnownBills, line: BillLine, issued: list[Bill]
) -> list[Rejection]:
    if not EARLIEST <= line.due_on <= LATEST:
        return [line.refused("due_on", "wrong-due-on", "Hạn thanh toán không hợp lệ.", "The due date is not valid.")]
    terms = BillTerms(line.customer_code, line.period, line.amount, line.due_on)
    present = known.get((line.customer_code, line.period))
    if present is None:
        bill = new_bill(merchant, terms)
        code = code_of_bill(merchant, bill)
        run.session.add(bill)
        known[line.customer_code, line.period] = bill, _issue(run, merchant, bill, code)
        run.made(line.number, bill)
        issued.append(bill)
        return []
    bill, code_before = present
    if bill.state != "cancelled" and (bill.amount, bill.due_on) == (line.amount, line.due_on):
        run.record.unchanged += 1
        return []
    if bill.state in ("paid", "written_off") or bill.paid_amount:
        text = "Hóa đơn đã được thanh toán hoặc xóa nợ, không sửa được.", "The bill is paid or written off."
        return [line.refused("amount", "bill-paid", *text)]
    before = {"amount": bill.amount, "due_on": bill.due_on.isoformat(), "state": bill.state}
    _note_changes(run, line, bill)
    code = replace_terms(merchant, bill, code_before, terms)
    known[line.customer_code, line.period] = bill, _issue(run, merchant, bill, code)
    run.made(line.number, bill, before)
    issued.append(bill)
    return []


def _note_changes(run: ImportRun, line: BillLine, bill: Bill) -> None:
    if bill.state == "cancelled":
        run.changes.append(Change(line.number, "status", "cancelled", "unpaid"))
    if bill.amount != line.amount:
        run.changes.append(Change(line.number, "amount", str(bill.amount), str(line.amount)))
    if bill.due_on != line.due_on:
        run.changes.append(Change(line.number, "due_on", bill.due_on.isoformat(), line.due_on.isoformat()))


def _issue(run: ImportRun, merchant: Merchant, bill: Bill, code: QrCode) -> QrCode:
    bill.qr_code_id = code.id
    run.session.add(code)
    publish(run.session, qr_issued_event(merchant, code, bill))
    return code
