"""The fees of dossiers as bills of a unit's fee merchant: they follow what casework decides."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import Problem
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierFeeClosed, DossierFeeRequested
from contracts.payments_qr import FeeUncollectable
from payments_qr.commands.bill_events import publish_cancelled
from payments_qr.commands.bills import change_terms, close_bill, lock_bill, new_bill, save_with_code
from payments_qr.model import Bill, Merchant, QrCode
from payments_qr.model.bills import BillTerms
from payments_qr.queries.merchants import find_fee_merchant

STATE_AFTER = {"paid_at_counter": "paid_at_counter", "waived": "cancelled", "ended": "cancelled"}


async def request_fee(session: Session, request: DossierFeeRequested) -> None:
    """The fee of a dossier becomes a bill of the unit's fee merchant; without one it is paid at the counter. A fee that is
    due again, or in another amount, opens the same bill with a new code, unless money for it is here already."""
    is_news = await _take_version(session, request.dossier_id, request.version)
    bill = await _bill_of(session, request.dossier_id)
    if bill is None:
        if is_news or not request.version:
            await _collect(session, request, None)
    elif is_news:
        code = await lock_bill(session, bill)
        if not (bill.paid_amount or bill.state == "paid" or _asks_for_it(bill, code, request)):
            await _collect(session, request, bill)


async def close_fee(session: Session, closed: DossierFeeClosed) -> None:
    """The fee was taken at the counter, waived, or the dossier ended: its bill is closed and its code can no longer be paid.
    A bill that was paid meanwhile stays paid, for its refund to be decided on."""
    if not await _take_version(session, closed.dossier_id, closed.version):
        return
    bill = await _bill_of(session, closed.dossier_id)
    if bill is None:
        return
    code = await lock_bill(session, bill)
    if bill.state != "unpaid":
        return
    close_bill(bill, code, STATE_AFTER[closed.reason])
    bill.paid_at = closed.at if closed.reason == "paid_at_counter" else None
    await publish_cancelled(session, await session.get_one(Merchant, bill.merchant_id), bill)


async def _bill_of(session: Session, dossier_id: UUID) -> Bill | None:
    return (await session.exec(select(Bill).where(col(Bill.dossier_id) == dossier_id))).first()


def _asks_for_it(bill: Bill, code: QrCode | None, request: DossierFeeRequested) -> bool:
    """Whether the bill asks for this amount already, with a code that holds."""
    is_payable = code is not None and code.state == "active" and (code.expires_at is None or code.expires_at > now())
    return bill.state == "unpaid" and bill.amount == request.amount and is_payable


async def _collect(session: Session, request: DossierFeeRequested, bill: Bill | None) -> None:
    merchant = await find_fee_merchant(session, request.unit_id)
    if merchant is None:
        await _leave_to_counter(session, request, bill, "no-public-service-merchant")
        return
    terms = BillTerms(request.dossier_code, f"{request.due_on:%Y-%m}", request.amount, request.due_on)
    published = len(session.outbox_records)
    try:
        async with session.begin_nested():
            if bill is None:
                await save_with_code(session, merchant, new_bill(merchant, terms, request.dossier_id))
            else:
                await _move_to(session, bill, merchant)
                await change_terms(session, merchant, bill, terms)
    except Problem as problem:  # a fee that fits into no code is paid at the counter, and stops no other
        del session.outbox_records[published:]
        await _leave_to_counter(session, request, bill, problem.slug)


async def _move_to(session: Session, bill: Bill, merchant: Merchant) -> None:
    """Another merchant may have been named for the unit's fees since the bill was issued."""
    if bill.merchant_id == merchant.id:
        return
    if bill.state == "unpaid":
        await publish_cancelled(session, await session.get_one(Merchant, bill.merchant_id), bill)
    bill.merchant_id = merchant.id


async def _leave_to_counter(session: Session, request: DossierFeeRequested, bill: Bill | None, reason: str) -> None:
    if bill is not None:
        await session.refresh(bill)
        code = await lock_bill(session, bill)
        if bill.state == "unpaid":
            close_bill(bill, code, "cancelled")
            await publish_cancelled(session, await session.get_one(Merchant, bill.merchant_id), bill)
    publish(
        session,
        FeeUncollectable(
            dossier_id=request.dossier_id, unit_id=request.unit_id, unit_code=request.unit_code, at=now(),
            reason=reason,
        ),
    )  # fmt: skip


async def _take_version(session: Session, dossier_id: UUID, version: int) -> bool:
    """Whether this is the newest known about the fee of a dossier; then it is noted, and the dossier's row is locked."""
    taken = await session.execute(_FEE_VERSION, {"id": dossier_id, "version": version})
    return taken.first() is not None


_FEE_VERSION = text(
    "INSERT INTO known_dossier (id, fee_version) VALUES (:id, :version)"
    " ON CONFLICT (id) DO UPDATE SET fee_version = excluded.fee_version"
    " WHERE known_dossier.fee_version < excluded.fee_version RETURNING id"
)
