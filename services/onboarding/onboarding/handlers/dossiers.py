"""Events of casework: notifications for those who filed, wrote or reported, and the chosen services of a unit."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from chassis.storage.database import Session
from contracts.casework import (
    DocumentChanged,
    DocumentSent,
    DossierState,
    FeedbackState,
    IncidentChanged,
    ProceduresChosen,
)
from onboarding.model.notifications import Notification
from onboarding.model.sessions import KnownProcedures

SUPPLEMENT_ASKED = 5
RESULT_READY = (9, 10)
"""Of the ten codes of the national portal: 5 asks for a supplement, 9 is settled, 10 is returned."""


async def on_dossier_changed(session: Session, event: DossierState) -> None:
    """Notifies the applicant when a supplement is asked or the result is ready."""
    recipient = event.resident_id or event.organization_id
    if recipient is None or event.origin != "here":
        return
    if event.national_status == SUPPLEMENT_ASKED:
        await _notify(session, recipient, "supplement_asked", "dossier", event.dossier_id, event)
    if event.national_status in RESULT_READY:
        await _notify(session, recipient, "result_ready", "dossier", event.dossier_id, event)


async def on_feedback_answered(session: Session, event: FeedbackState) -> None:
    """Notifies the author of feedback that it was answered; anonymous feedback has no author."""
    author: UUID | None = getattr(event, "resident_id", None)
    if author:
        await _notify(session, author, "feedback_answered", "feedback", event.feedback_id, event)


async def on_document_sent(session: Session, event: DocumentSent) -> None:
    """Notifies the recipient of a document of an agency."""
    if event.recipient_id:
        await _notify(session, event.recipient_id, "document_arrived", "document", event.document_id, event)


async def on_document_changed(session: Session, event: DocumentChanged) -> None:
    """Notifies the sender of a document that the agency has settled it."""
    if event.sender_id and event.status in ("completed", "refused"):
        await _notify(session, event.sender_id, "document_settled", "document", event.document_id, event)


async def on_incident_changed(session: Session, event: IncidentChanged) -> None:
    """Notifies the reporter of an incident each time that it is resolved."""
    if event.reporter_id and event.status == "resolved":
        await _notify(session, event.reporter_id, "incident_resolved", "incident", event.incident_id, event)


async def on_procedures_chosen(session: Session, event: ProceduresChosen) -> None:
    """Keeps the newest choice of a unit."""
    known = await session.get(KnownProcedures, event.unit_id)
    if known is None or known.at < event.at:
        await session.merge(KnownProcedures(unit_id=event.unit_id, codes=event.codes, at=event.at))


NotifyingEvent = DossierState | FeedbackState | DocumentSent | DocumentChanged | IncidentChanged
REPEATED = ("supplement_asked", "incident_resolved")


async def _notify(
    session: Session, recipient: UUID, kind: str, about: str, about_id: UUID, event: NotifyingEvent
) -> None:
    # Supplements may be asked twice; the result is ready once, whether settled or returned.
    number = event.version if kind in REPEATED else 0
    row = Notification(
        id=f"{kind}-{about_id}-{number}", recipient_id=recipient, kind=kind, about=about, about_id=about_id, at=event.at
    )
    await session.execute(insert(Notification).values(**row.model_dump()).on_conflict_do_nothing())
