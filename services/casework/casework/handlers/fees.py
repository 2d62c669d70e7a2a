"""Codes and payments that concern a dossier's fee."""

from casework.commands.fees import give_fee_back, leave_to_counter, offer_code, take_fee
from chassis.storage.database import Session
from contracts.payments_qr import BillPaid, FeeUncollectable, PaymentReversed, QrIssued


async def on_qr_issued(session: Session, event: QrIssued) -> None:
    if event.dossier_id is not None:
        await offer_code(session, event.dossier_id, event.qr_code_id)


async def on_bill_paid(session: Session, event: BillPaid) -> None:
    if event.dossier_id is not None:
        await take_fee(session, event.dossier_id, event.amount, event.paid_at)


async def on_payment_reversed(session: Session, event: PaymentReversed) -> None:
    if event.dossier_id is not None:
        await give_fee_back(session, event.dossier_id)


async def on_fee_uncollectable(session: Session, event: FeeUncollectable) -> None:
    await leave_to_counter(session, event.dossier_id, event.reason)
