"""Requests for a dossier's fee to payments-qr, and their withdrawal."""

from typing import Literal, NamedTuple

from casework.calendar import load_calendar
from casework.commands.notices import notice_of
from casework.model.dossiers import Dossier
from casework.model.fees import FeeStatus
from casework.settings import get_settings
from chassis.clock import now, today
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierFeeClosed, DossierFeeDue, DossierFeeRequested

FEE_DUE_WORKING_DAYS = 10


class OwedFee(NamedTuple):
    """Whether a fee is asked for, and how much in VND."""

    is_asked: bool
    amount: int


def owed_fee(dossier: Dossier) -> OwedFee:
    """What is asked for now."""
    return OwedFee(dossier.fee_status == FeeStatus.REQUESTED, dossier.fee_amount)


def request_fee(session: Session, dossier: Dossier, amount: int) -> None:
    """Asks for a fee through payments-qr, which answers with a code to pay by, and notifies the applicant."""
    dossier.fee_amount = amount
    if amount <= 0:
        return
    dossier.fee_status = FeeStatus.REQUESTED.value
    due = load_calendar(get_settings().calendar_file).add_working_days(today(), FEE_DUE_WORKING_DAYS)
    publish(
        session,
        DossierFeeRequested(
            dossier_id=dossier.id,
            unit_id=dossier.unit_id,
            unit_code=dossier.unit_code,
            dossier_code=dossier.code or "",
            amount=amount,
            due_on=due,
            at=now(),
            version=dossier.version,
        ),
        DossierFeeDue(**notice_of(dossier), amount=amount, due_on=due),
    )


def follow_fee(session: Session, dossier: Dossier, before: OwedFee) -> None:
    """Publishes what an act, or its way back, changed about the fee: its bill is closed, or opened again. A fee that was paid
    online is known to payments-qr."""
    after = owed_fee(dossier)
    if after.is_asked and after != before:
        request_fee(session, dossier, after.amount)
    elif before.is_asked and not after.is_asked:
        publish_closed(session, dossier)


def publish_closed(session: Session, dossier: Dossier) -> None:
    """No code to pay by holds any more."""
    dossier.qr_code_id = None
    publish(
        session,
        DossierFeeClosed(
            dossier_id=dossier.id,
            version=dossier.version,
            unit_id=dossier.unit_id,
            unit_code=dossier.unit_code,
            reason=_REASONS.get(FeeStatus(dossier.fee_status), "ended"),
            at=dossier.changed_at,
        ),
    )


_REASONS: dict[FeeStatus, Literal["paid_at_counter", "waived"]] = {
    FeeStatus.PAID: "paid_at_counter",
    FeeStatus.WAIVED: "waived",
}
