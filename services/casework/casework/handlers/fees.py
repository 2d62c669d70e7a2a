"""Codes and payments that concern a dossier's fee."""

from casework.commands.fees import give_fee_back, leave_to_counter, offer_code, take_fee
from chassis.storage.database import Session
from contracts.payments_qr import BillPaid, FeeUncollectable, PaymentReversed, QrIssued


async def on_qr_issued(session: Session, fact: QrIssued) -> None:
    if fact.dossier_id is not None:
        await offer_code(session, fact.dossier_id, fact.qr_code_id)


async def on_bill_paid(session: Session, fact: BillPaid) -> None:
    if fact.dossier_id is not None:
        await take_fee(session, fact.dossier_id, fact.amount, fact.paid_at)


async def on_payment_reversed(session: Session, fact: PaymentReversed) -> None:
    if fact.dossier_id is not None:
        await give_fee_back(session, fact.dossier_id)


async def on_fee_uncollectable(session: Session, fact: FeeUncollectable) -> None:
    await leave_to_counter(session, fact.dossier_id, fact.reason)
