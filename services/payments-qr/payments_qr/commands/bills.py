"""Bills of electricity and water, and the fees of dossiers, each with its code."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from payments_qr.commands.acts import note_bill_act
from payments_qr.commands.bill_events import publish_cancelled, publish_issued
from payments_qr.commands.qr_codes import add_code, write_code
from payments_qr.errors import BillExists, BillNotOpen, FeeOfDossier, MerchantNotActive
from payments_qr.model import Bill, Merchant, QrCode
from payments_qr.model.bills import DAYS_PAYABLE_AFTER_DUE, BillTerms
from payments_qr.model.qr_codes import CodeTerms
from payments_qr.model.reference_codes import new_reference


async def issue_bill(session: Session, merchant: Merchant, terms: BillTerms) -> Bill:
    """A bill of a customer for a period, with the code that pays exactly this bill. A cancelled one is issued anew."""
    if not merchant.is_active:
        raise MerchantNotActive()
    bill = await find_bill(session, merchant.id, terms.customer_code, terms.period)
    if bill is None:
        bill = new_bill(merchant, terms)
        await save_with_code(session, merchant, bill)
    elif bill.state == "cancelled":
        await change_terms(session, merchant, bill, terms)
    else:
        raise BillExists()
    return bill


async def change_terms(session: Session, merchant: Merchant, bill: Bill, terms: BillTerms) -> None:
    """Puts other terms on a bill that nothing was paid for, with a new code."""
    present = await session.get(QrCode, bill.qr_code_id, with_for_update=True) if bill.qr_code_id else None
    code = replace_terms(merchant, bill, present, terms)
    bill.qr_code_id = code.id
    await add_code(session, merchant, code, bill)
    await publish_issued(session, merchant, [bill])


def replace_terms(merchant: Merchant, bill: Bill, present: QrCode | None, terms: BillTerms) -> QrCode:
    """Puts other terms on a bill that nothing was paid for; returns its new code, the present one is revoked."""
    code = code_of_bill(merchant, new_bill(merchant, terms, bill.dossier_id))
    code.bill_id = bill.id
    bill.amount, bill.due_on, bill.state, bill.paid_at = terms.amount, terms.due_on, "unpaid", None
    bill.reminders_sent = 0
    bill.changed_at, bill.version = now(), bill.version + 1
    if present is not None and present.state == "active":
        present.turn("revoked", now())
    return code


def new_bill(merchant: Merchant, terms: BillTerms, dossier_id: UUID | None = None) -> Bill:
    """The entity of a bill, not saved."""
    moment = now()
    return Bill(
        merchant_id=merchant.id, customer_code=terms.customer_code, period=terms.period, amount=terms.amount,
        due_on=terms.due_on, dossier_id=dossier_id, issued_at=moment, changed_at=moment,
    )  # fmt: skip


async def cancel_bill(
    session: Session, caller: Caller, merchant: Merchant, bill: Bill, reason: str | None = None
) -> None:
    """Cancels a bill that nothing was paid for, and revokes its code. The fee of a dossier is decided on in the dossier."""
    if bill.dossier_id is not None:
        raise FeeOfDossier()
    code = await lock_bill(session, bill)
    if bill.state != "unpaid" or bill.paid_amount:
        raise BillNotOpen()
    note_bill_act(session, caller, "bill.cancelled", merchant, bill, reason)
    close_bill(bill, code, "cancelled")
    await publish_cancelled(session, merchant, bill)


async def lock_bill(session: Session, bill: Bill) -> QrCode | None:
    """Locks a bill after its code, as payments do; returns the code."""
    code = await session.get(QrCode, bill.qr_code_id, with_for_update=True) if bill.qr_code_id else None
    await session.refresh(bill, with_for_update=True)
    return code


def close_bill(bill: Bill, code: QrCode | None, state: str) -> None:
    """Ends an unpaid bill; its code can no longer be paid."""
    if code is not None and code.state == "active":
        code.turn("revoked", now())
    bill.state, bill.changed_at, bill.version = state, now(), bill.version + 1


async def find_bill(session: Session, merchant_id: UUID, customer_code: str, period: str) -> Bill | None:
    """The bill of a customer for a period."""
    found = await session.exec(
        select(Bill).where(
            col(Bill.merchant_id) == merchant_id, col(Bill.customer_code) == customer_code, col(Bill.period) == period
        )
    )
    return found.first()


async def save_with_code(session: Session, merchant: Merchant, bill: Bill) -> QrCode:
    """Saves a bill with a new code and publishes the code."""
    session.add(bill)
    await session.flush()
    code = code_of_bill(merchant, bill)
    bill.qr_code_id = code.id
    await add_code(session, merchant, code, bill)
    await publish_issued(session, merchant, [bill])
    return code


def code_of_bill(merchant: Merchant, bill: Bill) -> QrCode:
    """The dynamic code of a bill, valid until `DAYS_PAYABLE_AFTER_DUE` after the due date."""
    purpose = None if bill.dossier_id else f"T{bill.period[5:7]}-{bill.period[:4]}"
    terms = CodeTerms(
        "dynamic", amount=bill.amount, reference=new_reference(), purpose=purpose, expires_at=_last_moment(bill.due_on)
    )
    return write_code(merchant, terms, bill)


def _last_moment(due_on: date) -> datetime:
    last_day = due_on + timedelta(days=DAYS_PAYABLE_AFTER_DUE)
    return datetime.combine(last_day, time(23, 59, 59), tzinfo=HO_CHI_MINH)
