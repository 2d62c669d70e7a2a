"""Merchants and payments."""

from chassis.storage.database import Session
from contracts.payments_qr import MerchantState, PaymentReversed, PaymentSettled
from reporting.projections.ledger import change_work
from reporting.projections.works import Merchant, Payment


async def on_merchant(session: Session, fact: MerchantState) -> None:
    await change_work(session, "merchant", str(fact.merchant_id), Merchant, lambda known: known.know(fact))


async def on_payment_settled(session: Session, fact: PaymentSettled) -> None:
    await change_work(session, "payment", str(fact.payment_id), Payment, lambda known: known.settle(fact))


async def on_payment_reversed(session: Session, fact: PaymentReversed) -> None:
    await change_work(session, "payment", str(fact.payment_id), Payment, lambda known: known.take_back(fact))
