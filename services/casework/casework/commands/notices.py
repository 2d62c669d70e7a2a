"""Notices to the applicant of a dossier, published with the action that is the reason."""

from datetime import datetime
from typing import Any

from casework.model.dossiers import Dossier
from casework.model.fees import FeeStatus
from casework.model.lifecycle import Action
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import (
    DossierDraftResultSent,
    DossierExtended,
    DossierRefused,
    DossierResultReady,
    DossierSupplementRequested,
)


def notify_applicant(session: Session, dossier: Dossier, action: Action, promised_before: datetime | None) -> None:
    """Publishes the notice of an action; most actions have none. `promised_before` is the date that an apology moved.

    The notice of a fee that is due is published where the fee is asked for (`request_fee`).
    """
    about = notice_of(dossier)
    match action:
        case Action.REQUEST_SUPPLEMENT:
            publish(session, DossierSupplementRequested(**about, supplement_requests=dossier.supplement_requests))
        case Action.SEND_DRAFT_RESULT if dossier.draft_result_until:
            publish(session, DossierDraftResultSent(**about, answer_by=dossier.draft_result_until))
        case Action.REFUSE | Action.REJECT:
            publish(session, DossierRefused(**about))
        case Action.EXTEND if dossier.due_at and promised_before:
            publish(session, DossierExtended(**about, due_at=dossier.due_at, previous_due_at=promised_before))
        case Action.APPROVE:
            notify_result_ready(session, dossier)


def notify_result_ready(session: Session, dossier: Dossier) -> None:
    """The result of an approved dossier waits, unless its fee is still owed: then once it is paid."""
    if dossier.fee_status != FeeStatus.REQUESTED:
        publish(
            session,
            DossierResultReady.model_validate(notice_of(dossier) | {"result_delivery": dossier.result_delivery}),
        )


def notice_of(dossier: Dossier) -> dict[str, Any]:
    """The members of a `DossierNotice`."""
    return {
        "dossier_id": dossier.id,
        "version": dossier.version,
        "dossier_code": dossier.code or "",
        "unit_id": dossier.unit_id,
        "unit_code": dossier.unit_code,
        "procedure_code": dossier.procedure_code,
        "status": dossier.status,
        "national_status": dossier.national_status or 1,
        "at": dossier.changed_at,
        "resident_id": dossier.resident_id,
        "organization_id": dossier.organization_id,
    }
