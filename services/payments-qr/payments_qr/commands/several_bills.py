"""A payment for several bills: each has its part, the oldest first; what is given back is taken from the newest first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import now
from chassis.storage.database import Session
from payments_qr.commands.ledger import book_allocation
from payments_qr.model import Bill, Merchant, Movement, Payment, QrCode


@dataclass(frozen=True, slots=True)
class BillPart:
    """A bill with its code, what it has of a payment, and what was given back of that. VND."""

    bill: Bill
    code: QrCode | None
    amount: int
    refunded: int = 0


def pay_parts(session: Session, payment: Payment, merchant: Merchant, parts: Sequence[BillPart]) -> list[Bill]:
    """Books what each bill has of a payment that counts; returns the bills that it completes."""
    completed = []
    refunds = {part.bill.id: refund for part, refund in split_refund(parts, payment.refunded_amount)}
    for part in parts:
        refunded = refunds.get(part.bill.id, 0)
        book_allocation(session, payment, merchant, part.bill, part.amount, payment.settled_at)
        if refunded:
            book_allocation(session, payment, merchant, part.bill, -refunded, payment.settled_at)
        if part.bill.receive(part.amount, refunded, payment.settled_at):
            completed.append(part.bill)
            if part.code is not None:
                part.code.turn("paid", now())
    return completed


def give_back_parts(
    session: Session, payment: Payment, merchant: Merchant, parts: Sequence[BillPart], amount: int, at: datetime
) -> None:
    """Takes `amount` back from the bills of a payment; one that is given back whole leaves each of them unpaid."""
    for part, refund in split_refund(parts, amount):
        book_allocation(session, payment, merchant, part.bill, -refund, at)
        if payment.reversed_at is None:
            part.bill.refund(refund, at)
    if payment.reversed_at is None:
        return
    for part in parts:
        if part.bill.give_back(part.amount, part.refunded, at) and part.code is not None and part.code.state == "paid":
            part.code.turn("active", now())


def split_refund(parts: Sequence[BillPart], amount: int) -> Iterator[tuple[BillPart, int]]:
    """The parts from which an amount is given back, the newest bill first."""
    for part in reversed(parts):
        share = min(amount, part.amount - part.refunded)
        if share > 0:
            yield part, share
            amount -= share


def parts_of(
    allocations: Iterable[Movement], bills: Mapping[UUID, Bill], codes: Mapping[UUID, QrCode]
) -> list[BillPart]:
    """The parts of a payment from its movements, in the order in which they were booked."""
    paid: Counter[UUID] = Counter()
    back: Counter[UUID] = Counter()
    for movement in allocations:
        if movement.bill_id is not None:
            (paid if movement.amount > 0 else back)[movement.bill_id] += abs(movement.amount)
    found = [(bills[bill_id], amount) for bill_id, amount in paid.items()]
    return [BillPart(bill, codes.get(bill.qr_code_id or bill.id), amount, back[bill.id]) for bill, amount in found]
