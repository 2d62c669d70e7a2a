"""Events of bills for who follows them: issued, reminded, cancelled. They name payers by id only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.clock import now
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import BillCancelled, BillIssued, BillReminded
from payments_qr.model import Bill, Merchant
from payments_qr.queries.bills import payers_of


async def publish_issued(session: Session, merchant: Merchant, bills: Sequence[Bill]) -> None:
    """`bill.issued` of new bills, or of bills with new terms."""
    payers = await payers_of(session, bills)
    publish(session, *(BillIssued(**_fields(merchant, bill, payers)) for bill in bills))


async def publish_cancelled(session: Session, merchant: Merchant, bill: Bill) -> None:
    """`bill.cancelled`: nothing is due any more; also of a bill that is written off."""
    payers = await payers_of(session, [bill])
    publish(session, BillCancelled(**_fields(merchant, bill, payers)))


def reminder_of(merchant: Merchant, bill: Bill, payers: dict[UUID, list[UUID]], days_left: int) -> BillReminded:
    """The event of a reminder; `days_left` is negative after the due date."""
    return BillReminded(**_fields(merchant, bill, payers), days_left=days_left)


def _fields(merchant: Merchant, bill: Bill, payers: dict[UUID, list[UUID]]) -> dict[str, Any]:
    return {
        "merchant_id": merchant.id,
        "bill_id": bill.id,
        "unit_id": merchant.unit_id,
        "unit_code": merchant.unit_code,
        "category": merchant.category,
        "period": bill.period,
        "amount": bill.amount,
        "remaining": bill.remaining,
        "due_on": bill.due_on,
        "qr_code_id": bill.qr_code_id,
        "dossier_id": bill.dossier_id,
        "resident_ids": payers.get(bill.id, []),
        "at": now(),
    }
