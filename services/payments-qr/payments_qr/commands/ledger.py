"""Entries of the ledger; the only place that makes movements."""

from datetime import datetime
from uuid import UUID

from chassis.clock import local_date, now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from payments_qr.model import Bill, Merchant, Movement, Payment
from payments_qr.model.movements import MovementKind


def book_payment(
    session: Session, payment: Payment, merchant: Merchant, at: datetime, *, several: bool = False
) -> None:
    """The movement of a payment that counts now, and of the part that was given back before it arrived. With `several` bills
    it names none: `book_allocation` does."""
    bill_id = None if several else payment.bill_id
    _book(session, MovementKind.SETTLED, payment.amount, payment, merchant, payment.settled_at, bill_id)
    if payment.refunded_amount:
        book_refund(session, payment, merchant, payment.refunded_amount, at, several=several)


def book_refund(
    session: Session, payment: Payment, merchant: Merchant, part: int, at: datetime, *, several: bool = False
) -> None:
    """The movement of a part that is given back; the part that leaves nothing reverses the payment."""
    kind = MovementKind.REFUNDED if payment.reversed_at is None else MovementKind.REVERSED
    _book(session, kind, -part, payment, merchant, at, None if several else payment.bill_id)


def book_allocation(
    session: Session, payment: Payment, merchant: Merchant, bill: Bill, amount: int, at: datetime
) -> None:
    """What one of several bills has of a payment, or gives back of it (minus)."""
    _book(session, MovementKind.ALLOCATED, amount, payment, merchant, at, bill.id)


def _book(
    session: Session, kind: MovementKind, amount: int, payment: Payment, merchant: Merchant, at: datetime,
    bill_id: UUID | None,
) -> None:  # fmt: skip
    session.add(
        Movement(
            kind=kind, amount=amount, merchant_id=merchant.id, unit_id=payment.unit_id or merchant.unit_id,
            payment_id=payment.id, bill_id=bill_id, business_day=payment.business_day, at=at, booked_at=now(),
        )
    )  # fmt: skip


def book_write_off(
    session: Session, caller: Caller, bill: Bill, merchant: Merchant, kind: MovementKind, amount: int, note: str
) -> None:
    """The movement of a debt that is written off, or of its reopening."""
    moment = now()
    session.add(
        Movement(
            kind=kind, amount=amount, merchant_id=merchant.id, unit_id=merchant.unit_id, bill_id=bill.id,
            business_day=local_date(moment), at=moment, booked_at=moment, noted_by=caller.account, note=note,
        )
    )  # fmt: skip
