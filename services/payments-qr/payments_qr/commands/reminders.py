"""Reminders of unpaid bills: before the due date, on it, and after it; each once."""

from datetime import date, timedelta

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.storage.database import Database, Session
from chassis.storage.outbox import publish
from payments_qr.commands.bill_events import reminder_of
from payments_qr.model import Bill, Merchant
from payments_qr.queries.bills import payers_of

DAYS_LEFT = (3, 0, -3)
"""A reminder is due when at most so many days are left."""
NOT_AFTER = timedelta(days=30)
"""A bill that has been due for longer is not reminded of: the supplier contacts the customer."""
JUST_ISSUED = timedelta(days=1)
"""A new bill has been announced just now."""
BATCH = 500


async def remind_of_bills(database: Database) -> int:
    """Publishes the reminders that are due; returns how many."""
    sent = 0
    while True:
        async with database.transaction() as session:
            bills = await _due(session, today())
            sent += await _remind(session, bills)
        if len(bills) < BATCH:
            return sent


async def _due(session: Session, day: date) -> list[Bill]:
    overdue_stages = [
        (col(Bill.due_on) <= day + timedelta(days=days_left)) & (col(Bill.reminders_sent) <= stage)
        for stage, days_left in enumerate(DAYS_LEFT)
    ]
    condition = overdue_stages[0] | overdue_stages[1] | overdue_stages[2]
    found = await session.exec(
        select(Bill)
        .where(
            col(Bill.state) == "unpaid",
            col(Bill.dossier_id).is_(None),
            col(Bill.due_on) >= day - NOT_AFTER,
            col(Bill.due_on) <= day + timedelta(days=DAYS_LEFT[0]),
            condition,
        )
        .order_by(col(Bill.due_on), col(Bill.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def _remind(session: Session, bills: list[Bill]) -> int:
    payers = await payers_of(session, bills)
    sent = 0
    for bill in bills:
        days_left = (bill.due_on - today()).days
        bill.reminders_sent = sum(days_left <= stage for stage in DAYS_LEFT)
        if payers.get(bill.id) and bill.issued_at < now() - JUST_ISSUED:
            merchant = await session.get_one(Merchant, bill.merchant_id)
            publish(session, reminder_of(merchant, bill, payers, days_left))
            sent += 1
    return sent
