"""Dossiers, feedback, and the services that units have chosen."""

from chassis.storage.database import Session
from contracts.casework import DossierFeePaid, DossierState, FeedbackState, ProceduresChosen
from reporting.projections.ledger import change_work
from reporting.projections.works import Choice, Dossier, Feedback


async def on_dossier(session: Session, fact: DossierState) -> None:
    await change_work(session, "dossier", str(fact.dossier_id), Dossier, lambda known: known.know(fact))


async def on_dossier_fee_paid(session: Session, fact: DossierFeePaid) -> None:
    await change_work(session, "dossier", str(fact.dossier_id), Dossier, lambda known: known.pay(fact))


async def on_feedback(session: Session, fact: FeedbackState) -> None:
    await change_work(session, "feedback", str(fact.feedback_id), Feedback, lambda known: known.know(fact))


async def on_procedures_chosen(session: Session, fact: ProceduresChosen) -> None:
    await change_work(session, "choice", str(fact.unit_id), Choice, lambda known: known.know(fact))
