"""The fee of a dossier, by the events of payments-qr or at the counter."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from casework.commands.fee_requests import follow_fee, owed_fee, publish_closed
from casework.commands.notices import notify_result_ready
from casework.commands.steps import record_step
from casework.errors import FeeNotDue
from casework.model.dossiers import Dossier, UndoState
from casework.model.fees import FeeAct, FeeStatus
from casework.model.lifecycle import SETTLED, Action, Actor, Status
from chassis.clock import now
from chassis.errors import Forbidden
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierChanged, DossierFeePaid

ENDED_WITHOUT_RESULT = SETTLED - {Status.APPROVED, Status.RETURNED}


async def offer_code(session: Session, dossier_id: UUID, qr_code_id: UUID) -> None:
    """A code to pay the fee by exists."""
    dossier = await _find(session, dossier_id)
    if dossier is not None and dossier.qr_code_id != qr_code_id:
        dossier.qr_code_id, dossier.fee_uncollectable = qr_code_id, None
        _change(dossier)


async def take_fee(session: Session, dossier_id: UUID, amount: int, paid_at: datetime) -> None:
    """The fee is paid; after a withdrawal or refusal it is flagged for refund, never lost."""
    dossier = await _find(session, dossier_id)
    if dossier is None or dossier.fee_paid_online or dossier.fee_status == FeeStatus.TO_REFUND:
        return
    if dossier.fee_settled_by:
        dossier.fee_paid_twice_at = paid_at
        _change(dossier)
        _publish_paid(session, dossier, amount, paid_at, flagged=True)  # paid twice: payments-qr refunds it
        return
    flagged = dossier.status in ENDED_WITHOUT_RESULT or dossier.fee_status != FeeStatus.REQUESTED
    dossier.fee_status = (FeeStatus.TO_REFUND if flagged else FeeStatus.PAID).value
    dossier.fee_paid_at, dossier.fee_paid_online = paid_at, not flagged
    _change(dossier)
    if dossier.status == Status.PAYMENT_DUE:
        dossier.advance(Action.PAY, Actor.PLATFORM)
        record_step(session, dossier, None, Action.PAY, Status.PAYMENT_DUE.value)
    _publish_paid(session, dossier, amount, paid_at, flagged=flagged)
    publish(session, DossierChanged(**dossier.state()))
    if dossier.status == Status.APPROVED:
        notify_result_ready(session, dossier)


async def settle_at_counter(
    session: Session, caller: Caller, dossier: Dossier, actor: Actor, act: FeeAct, note: str
) -> None:
    """An officer of the unit took the fee at the counter, or waives it; 409 `fee-not-due` when none is owed. Another
    officer reverts it like an action."""
    if actor is not Actor.OFFICER:
        raise Forbidden()
    if dossier.fee_status != FeeStatus.REQUESTED or dossier.origin == "portal":
        raise FeeNotDue()
    undo, before, owed = UndoState.of(dossier), dossier.status, owed_fee(dossier)
    _change(dossier)
    dossier.settle_at_counter(act)
    follow_fee(session, dossier, owed)
    if dossier.status == Status.PAYMENT_DUE:
        dossier.advance(Action.PAY, Actor.PLATFORM)
    record_step(session, dossier, caller, act, before, note, undo=undo)
    publish(session, DossierChanged(**dossier.state()))
    if dossier.status == Status.APPROVED:
        notify_result_ready(session, dossier)


async def give_fee_back(session: Session, dossier_id: UUID) -> None:
    """The payment was reversed: the fee is due again, or nothing is left to refund and its bill is closed."""
    dossier = await _find(session, dossier_id)
    if dossier is None:
        return
    if dossier.fee_settled_by:
        if dossier.fee_paid_twice_at is not None:
            dossier.fee_paid_twice_at = None
            _change(dossier)
            publish_closed(session, dossier)
        return
    if dossier.fee_status not in (FeeStatus.PAID, FeeStatus.TO_REFUND):
        return
    was_flagged = dossier.fee_status == FeeStatus.TO_REFUND
    dossier.fee_status = (FeeStatus.CANCELLED if was_flagged else FeeStatus.REQUESTED).value
    dossier.fee_paid_at, dossier.fee_paid_online = None, False
    _change(dossier)
    if was_flagged:
        publish_closed(session, dossier)
    publish(session, DossierChanged(**dossier.state()))


async def leave_to_counter(session: Session, dossier_id: UUID, reason: str) -> None:
    """Fees are not collected online for this unit: the fee is paid at the counter."""
    dossier = await _find(session, dossier_id)
    if dossier is not None and dossier.qr_code_id is None:
        dossier.fee_uncollectable = reason
        _change(dossier)


def _publish_paid(session: Session, dossier: Dossier, amount: int, paid_at: datetime, *, flagged: bool) -> None:
    where = {"dossier_id": dossier.id, "unit_id": dossier.unit_id, "unit_code": dossier.unit_code}
    publish(session, DossierFeePaid.model_validate(where | {"amount": amount, "paid_at": paid_at, "flagged": flagged}))


async def _find(session: Session, dossier_id: UUID) -> Dossier | None:
    return (await session.exec(select(Dossier).where(Dossier.id == dossier_id).with_for_update())).first()


def _change(dossier: Dossier) -> None:
    dossier.version += 1
    dossier.changed_at = now()
