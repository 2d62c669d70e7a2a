"""Movements that a process of the release before the ledger did not book, while both releases ran side by side."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database

LOOKS_BACK = timedelta(days=2)
"""Of what was recorded since: an upgrade is done within hours. What was there before it the migration booked."""

BOOK_MISSING = text("""
WITH recent AS (
    SELECT id FROM payment WHERE id >= :since
    UNION SELECT payment_id FROM reversal WHERE id >= :since AND payment_id IS NOT NULL
), compared AS (
    SELECT payment.*,
           CASE status WHEN 'settled' THEN amount - refunded_amount ELSE 0 END AS due,
           coalesce((SELECT sum(movement.amount) FROM movement WHERE movement.payment_id = payment.id
                        AND movement.kind IN ('settled', 'refunded', 'reversed')), 0) AS booked
      FROM payment JOIN recent USING (id)
     WHERE merchant_id IS NOT NULL AND status IN ('settled', 'reversed')
)
INSERT INTO movement (id, kind, amount, merchant_id, unit_id, payment_id, bill_id, business_day, at, booked_at)
SELECT gen_random_uuid(),
       CASE WHEN due > booked THEN 'settled' WHEN status = 'reversed' THEN 'reversed' ELSE 'refunded' END,
       due - booked, merchant_id, unit_id, id, bill_id, business_day, settled_at, :at
  FROM compared WHERE due <> booked
""")


async def book_missing_movements(database: Database) -> int:
    """Book what payments of the last days have left beyond their movements; the number of movements."""
    moment = now()
    since = UUID(int=int((moment - LOOKS_BACK).timestamp() * 1000) << 80)
    async with database.transaction() as session:
        booked: int = (await session.execute(BOOK_MISSING, {"since": since, "at": moment})).rowcount
    return booked
