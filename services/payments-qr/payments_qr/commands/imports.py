"""Imports of stall lists and bill files: valid rows are applied, every wrong cell is reported."""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from typing import BinaryIO, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, Problem
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.payments_qr import MerchantRegistered
from payments_qr.banks import find_bank, list_banks
from payments_qr.commands.bills import code_of_bill, new_bill, replace_terms
from payments_qr.commands.locks import lock_name
from payments_qr.commands.merchants import new_merchant
from payments_qr.commands.qr_codes import qr_issued_event
from payments_qr.errors import MerchantNotActive, unreadable_upload
from payments_qr.model import Bill, Import, ImportRejection, Merchant, QrCode
from payments_qr.model.bills import BillTerms
from payments_qr.model.fields import EARLIEST, LATEST
from payments_qr.model.merchants import account_index
from payments_qr.model.registration import MerchantDetails
from payments_qr.qr_payload import folded
from payments_qr.queries.merchants import list_merchants_of_account
from payments_qr.uploads.bills import BillLine, bill_lines
from payments_qr.uploads.stalls import Stall, stalls
from payments_qr.uploads.tables import Rejection, UnreadableFile, header_key

T = TypeVar("T")
CHUNK = 500


async def import_stalls(
    session: Session, caller: Caller, unit: KnownUnit, market: str | None, provider: str, file: BinaryIO
) -> Import:
    """Registers every stall of a list as submitted; a stall that exists stays as it is."""
    run, is_new = await _import_of(session, caller, "merchants", f"{unit.id}|{market}|{provider}", unit.id, file)
    if not is_new:
        return run
    async for row in _rows(stalls(file)):
        run.total_rows += 1
        rejections = (
            row if isinstance(row, list) else await _take_stall(session, caller, run, unit, market, provider, row)
        )
        _reject(session, run, rejections)
    return run


async def _take_stall(
    session: Session, caller: Caller, run: Import, unit: KnownUnit, market: str | None, provider: str, stall: Stall
) -> list[Rejection]:
    bin = _bin_of(stall.bank)
    if bin is None:
        return [Rejection(stall.number, "bin", "unknown-bin", "Không rõ ngân hàng.", "The bank is not known.")]
    place = await find_unit(session, stall.unit_code) if stall.unit_code else unit
    if place is None or not await covers(session, caller, place.id):
        text = "Đơn vị không có hoặc ngoài địa bàn.", "The unit is unknown or not yours."
        return [Rejection(stall.number, "unit_code", "unknown-unit", *text)]
    await lock_name(session, "account", account_index(bin, stall.account_no).hex())
    if await _is_known(session, stall, bin):
        run.unchanged += 1
        return []
    try:
        details = _details_of(stall, bin, market, provider)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][-1])
        return [Rejection(stall.number, column, "wrong-value", "Giá trị không hợp lệ.", "The value is not valid.")]
    merchant = new_merchant(details, place, maker=caller.account)
    session.add(merchant)
    await session.flush()
    publish(session, merchant.state_event(MerchantRegistered))
    run.created += 1
    return []


def _details_of(stall: Stall, bin: str, market: str | None, provider: str) -> MerchantDetails:
    return MerchantDetails.model_validate(
        {
            "name": stall.name,
            "category": stall.category or ("market_stall" if market else "shop"),
            "market": market,
            "counter": stall.counter,
            "owner": {"tax_code": stall.tax_code},
            "provider": provider,
            "settlement": {"bin": bin, "account_no": stall.account_no, "account_name": stall.account_name},
        }
    )


async def _is_known(session: Session, stall: Stall, bin: str) -> bool:
    others = await list_merchants_of_account(session, bin, stall.account_no)
    return any(folded(o.name).lower() == folded(stall.name).lower() and o.counter == stall.counter for o in others)


def _bin_of(bank: str) -> str | None:
    """The BIN of a bank named by its BIN, code or short name, with or without "Ngân hàng"."""
    if bank.isdigit():
        return bank if find_bank(bank, today()) else None
    wanted = header_key(bank).removeprefix("nganhang").removeprefix("tmcp")
    for known in list_banks(today()):
        if wanted in (header_key(known.code), header_key(known.short_name)):
            return known.bin
    return None


async def import_bills(session: Session, caller: Caller, merchant: Merchant, file: BinaryIO) -> Import:
    """Issues a bill with its code for every row; an unpaid bill with another amount or date takes the new values."""
    if not merchant.lifecycle.may_issue_codes:
        raise MerchantNotActive()
    run, is_new = await _import_of(session, caller, "bills", str(merchant.id), merchant.unit_id, file)
    if not is_new:
        return run
    async for chunk in _chunks(_rows(bill_lines(file))):
        run.total_rows += len(chunk)
        known = await _known_bills(session, merchant, [row for row in chunk if isinstance(row, BillLine)])
        for row in chunk:
            rejections = row if isinstance(row, list) else _take_row(session, run, merchant, known, row)
            _reject(session, run, rejections)
        await session.flush()
    return run


async def _known_bills(
    session: Session, merchant: Merchant, lines: Sequence[BillLine]
) -> dict[tuple[str, str], tuple[Bill, QrCode | None]]:
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
    session: Session,
    run: Import,
    merchant: Merchant,
    known: dict[tuple[str, str], tuple[Bill, QrCode | None]],
    line: BillLine,
) -> list[Rejection]:
    """A row that fits into no code is reported like any other; the rows after it are applied."""
    try:
        return _take_bill(session, run, merchant, known, line)
    except Problem as problem:
        wrong = problem.errors[0] if problem.errors else FieldError("", problem.slug, problem.vi, problem.en)
        return [Rejection(line.number, wrong.pointer.strip("/"), wrong.code, wrong.vi, wrong.en)]


def _take_bill(
    session: Session,
    run: Import,
    merchant: Merchant,
    known: dict[tuple[str, str], tuple[Bill, QrCode | None]],
    line: BillLine,
) -> list[Rejection]:
    if not EARLIEST <= line.due_on <= LATEST:
        text = "Hạn thanh toán không hợp lệ.", "The due date is not valid."
        return [Rejection(line.number, "due_on", "wrong-due-on", *text)]
    terms = BillTerms(line.customer_code, line.period, line.amount, line.due_on)
    before = known.get((line.customer_code, line.period))
    if before is None:
        bill = new_bill(merchant, terms)
        code = code_of_bill(merchant, bill)
        session.add(bill)
        known[line.customer_code, line.period] = bill, _issue(session, merchant, bill, code)
        run.created += 1
        return []
    bill, present = before
    if bill.state != "cancelled" and (bill.amount, bill.due_on) == (line.amount, line.due_on):
        run.unchanged += 1
        return []
    if bill.state == "paid" or bill.paid_amount:
        text = "Hóa đơn đã được thanh toán, không sửa được.", "The bill has been paid and cannot change."
        return [Rejection(line.number, "amount", "bill-paid", *text)]
    code = replace_terms(merchant, bill, present, terms)
    known[line.customer_code, line.period] = bill, _issue(session, merchant, bill, code)
    run.updated += 1
    return []


def _issue(session: Session, merchant: Merchant, bill: Bill, code: QrCode) -> QrCode:
    bill.qr_code_id = code.id
    session.add(code)
    publish(session, qr_issued_event(merchant, code, bill))
    return code


async def _import_of(
    session: Session, caller: Caller, kind: str, target: str, unit_id: UUID, file: BinaryIO
) -> tuple[Import, bool]:
    file.seek(0)
    file_hash = hashlib.sha256(file.read()).digest()
    await lock_name(session, "import", kind, target, file_hash.hex())
    found = await session.exec(
        select(Import).where(col(Import.kind) == kind, col(Import.target) == target, col(Import.file_hash) == file_hash)
    )
    known = found.first()
    if known is not None:
        return known, False
    run = Import(
        kind=kind, target=target, unit_id=unit_id, file_hash=file_hash, taken_by=caller.account, taken_at=now()
    )
    session.add(run)
    await session.flush()
    return run, True


async def _rows(rows: AsyncGenerator[T]) -> AsyncGenerator[T]:
    try:
        async for row in rows:
            yield row
    except UnreadableFile as refused:
        raise unreadable_upload(refused.rejection) from refused


async def _chunks(rows: AsyncGenerator[T]) -> AsyncGenerator[list[T]]:
    chunk: list[T] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _reject(session: Session, run: Import, rejections: Sequence[Rejection]) -> None:
    if rejections:
        run.rejected += 1
    session.add_all(
        ImportRejection(
            import_id=run.id, row=rejection.row, column=rejection.column, code=rejection.code,
            vi=rejection.vi, en=rejection.en,
        )
        for rejection in rejections
    )  # fmt: skip
