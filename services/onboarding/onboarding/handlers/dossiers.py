"""What casework tells: news for those who filed, wrote or reported something, words for the loudspeaker."""

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


async def on_dossier_told(session: Session, fact: DossierState) -> None:
    """Tells the applicant when a supplement is asked or the result is ready."""
    recipient = fact.resident_id or fact.organization_id
    if recipient is None or fact.origin != "here":
        return
    if fact.national_status == SUPPLEMENT_ASKED:
        await _tell(session, recipient, "supplement_asked", "dossier", fact.dossier_id, fact)
    if fact.national_status in RESULT_READY:
        await _tell(session, recipient, "result_ready", "dossier", fact.dossier_id, fact)


async def on_feedback_answered(session: Session, fact: FeedbackState) -> None:
    """Tells the author of feedback that it was answered; nobody knows the author of an anonymous one."""
    author: UUID | None = getattr(fact, "resident_id", None)
    if author:
        await _tell(session, author, "feedback_answered", "feedback", fact.feedback_id, fact)


async def on_document_sent(session: Session, fact: DocumentSent) -> None:
    """Tells the person whom an agency wrote to."""
    if fact.recipient_id:
        await _tell(session, fact.recipient_id, "document_arrived", "document", fact.document_id, fact)


async def on_document_changed(session: Session, fact: DocumentChanged) -> None:
    """Tells the person who wrote to an agency that it has dealt with the letter."""
    if fact.sender_id and fact.status in ("completed", "refused"):
        await _tell(session, fact.sender_id, "document_settled", "document", fact.document_id, fact)


async def on_incident_changed(session: Session, fact: IncidentChanged) -> None:
    """Tells the person who met a fault that it is mended, each time that it is."""
    if fact.reporter_id and fact.status == "resolved":
        await _tell(session, fact.reporter_id, "incident_resolved", "incident", fact.incident_id, fact)


async def on_procedures_chosen(session: Session, fact: ProceduresChosen) -> None:
    """Keeps the newest choice of a unit."""
    known = await session.get(KnownProcedures, fact.unit_id)
    if known is None or known.at < fact.at:
        await session.merge(KnownProcedures(unit_id=fact.unit_id, codes=fact.codes, at=fact.at))


News = DossierState | FeedbackState | DocumentSent | DocumentChanged | IncidentChanged
REPEATED = ("supplement_asked", "incident_resolved")


async def _tell(session: Session, recipient: UUID, kind: str, about: str, about_id: UUID, fact: News) -> None:
    # Supplements may be asked twice; the result is ready once, whether settled or returned.
    number = fact.version if kind in REPEATED else 0
    row = Notification(
        id=f"{kind}-{about_id}-{number}", recipient_id=recipient, kind=kind, about=about, about_id=about_id, at=fact.at
    )
    await session.execute(insert(Notification).values(**row.model_dump()).on_conflict_do_nothing())
