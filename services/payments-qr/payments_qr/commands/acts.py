"""Entries of the acts' log, added in the transaction of the act itself."""

from typing import Any
from uuid import UUID

from chassis.security.identity import Caller
from chassis.storage.database import Session
from payments_qr.model import Act, Bill, Merchant, Payment
from payments_qr.model.acts import ActName, Subject


def note_act(
    session: Session, caller: Caller, act: ActName, about: tuple[Subject, UUID], *, merchant_id: UUID | None = None,
    unit_id: UUID | None = None, reason: str | None = None, before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Adds an act. `before` has states, amounts, days and accounts of officers, and no personal data."""
    session.add(
        Act(
            actor=caller.account, role=caller.role, act=act, about=about[0], about_id=about[1], merchant_id=merchant_id,
            unit_id=unit_id, reason=reason, before=before or {},
        )
    )  # fmt: skip


def note_bill_act(
    session: Session, caller: Caller, act: ActName, merchant: Merchant, bill: Bill, reason: str | None = None
) -> None:
    """Adds an act on a bill, as the bill is before it."""
    before = {"status": bill.state, "amount": bill.amount, "due_on": bill.due_on.isoformat(), "period": bill.period}
    note_act(
        session, caller, act, ("bill", bill.id), merchant_id=merchant.id, unit_id=merchant.unit_id, reason=reason,
        before=before,
    )  # fmt: skip


def note_payment_act(session: Session, caller: Caller, act: ActName, payment: Payment, reason: str) -> None:
    """Adds an act on a payment, as the payment is before it."""
    before = {"status": payment.status, "outcome": payment.outcome, "decided_by": payment.resolved_by}
    note_act(
        session, caller, act, ("payment", payment.id), merchant_id=payment.merchant_id, unit_id=payment.unit_id,
        reason=reason, before=before,
    )  # fmt: skip
