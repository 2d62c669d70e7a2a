"""Debts that are given up: a movement of the ledger, taken back by reopening."""

from chassis.security.identity import Caller
from chassis.storage.database import Session
from payments_qr.commands.acts import note_bill_act
from payments_qr.commands.bill_events import publish_cancelled
from payments_qr.commands.bills import change_terms, close_bill, lock_bill
from payments_qr.commands.ledger import book_write_off
from payments_qr.errors import BillNotOpen, FeeOfDossier, MerchantNotActive, NotResolved
from payments_qr.model import Bill, Merchant
from payments_qr.model.bills import BillTerms
from payments_qr.model.movements import MovementKind


async def write_off(session: Session, caller: Caller, merchant: Merchant, bill: Bill, reason: str) -> None:
    """Writes off what is still due of a bill; its code is revoked. The fee of a dossier is decided on in the dossier."""
    code = await lock_bill(session, bill)
    if bill.dossier_id is not None:
        raise FeeOfDossier()
    if bill.state != "unpaid":
        raise BillNotOpen()
    amount = bill.remaining
    note_bill_act(session, caller, "bill.written_off", merchant, bill, reason)
    book_write_off(session, caller, bill, merchant, MovementKind.WRITTEN_OFF, amount, reason)
    bill.written_off_amount = amount
    close_bill(bill, code, "written_off")
    await publish_cancelled(session, merchant, bill)


async def reopen(session: Session, caller: Caller, merchant: Merchant, bill: Bill, reason: str) -> None:
    """Takes a write-off back: the bill is due again, with a new code for the present account."""
    await lock_bill(session, bill)
    if bill.state != "written_off":
        raise NotResolved()
    if not merchant.is_active:
        raise MerchantNotActive()
    note_bill_act(session, caller, "bill.reopened", merchant, bill, reason)
    kind = MovementKind.WRITE_OFF_REOPENED
    book_write_off(session, caller, bill, merchant, kind, -bill.written_off_amount, reason)
    bill.written_off_amount = 0
    await change_terms(session, merchant, bill, BillTerms(bill.customer_code, bill.period, bill.amount, bill.due_on))
