"""What this service hears: everything that counts."""

from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.storage.database import Session
from contracts import topics
from contracts.casework import (
    DossierChanged,
    DossierCompleted,
    DossierFeePaid,
    DossierSubmitted,
    FeedbackAnswered,
    FeedbackChanged,
    FeedbackReceived,
    ProceduresChosen,
)
from contracts.counts import CountsTaken
from contracts.event import Event
from contracts.onboarding import (
    CampaignStarted,
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    OrganizationStepCompleted,
    PlanFiled,
    ResidentGuided,
    SessionHeld,
    StepCompleted,
    StepRevoked,
    StepUpdated,
)
from contracts.payments_qr import (
    MerchantActivated,
    MerchantRegistered,
    MerchantSuspended,
    MerchantUpdated,
    PaymentReversed,
    PaymentSettled,
)
from contracts.registry import (
    OrganizationRegistered,
    OrganizationUpdated,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUnmerged,
    ResidentUpdated,
    SourceChecked,
    UnitChanged,
)
from reporting.handlers.campaigns import (
    on_campaign,
    on_communication_published,
    on_counts_taken,
    on_official_signature_issued,
    on_plan_filed,
    on_session_held,
)
from reporting.handlers.cases import on_dossier, on_dossier_fee_paid, on_feedback, on_procedures_chosen
from reporting.handlers.money import on_merchant, on_payment_reversed, on_payment_settled
from reporting.handlers.people import (
    on_organization,
    on_organization_step,
    on_resident,
    on_resident_guided,
    on_step,
)
from reporting.handlers.units import on_source_checked, on_unit_changed
from reporting.projections.ledger import ledger_of

__all__ = ["COUNTED", "HANDLERS", "on_what_counts"]

COUNTED: EventHandlers = {
    ResidentRegistered: on_resident,
    ResidentUpdated: on_resident,
    ResidentMoved: on_resident,
    ResidentDeceased: on_resident,
    ResidentMerged: on_resident,
    ResidentUnmerged: on_resident,
    OrganizationRegistered: on_organization,
    OrganizationUpdated: on_organization,
    OrganizationStepCompleted: on_organization_step,
    StepCompleted: on_step,
    StepRevoked: on_step,
    StepUpdated: on_step,
    ResidentGuided: on_resident_guided,
    MerchantRegistered: on_merchant,
    MerchantActivated: on_merchant,
    MerchantSuspended: on_merchant,
    MerchantUpdated: on_merchant,
    PaymentSettled: on_payment_settled,
    PaymentReversed: on_payment_reversed,
    DossierSubmitted: on_dossier,
    DossierChanged: on_dossier,
    DossierCompleted: on_dossier,
    DossierFeePaid: on_dossier_fee_paid,
    FeedbackReceived: on_feedback,
    FeedbackAnswered: on_feedback,
    FeedbackChanged: on_feedback,
    ProceduresChosen: on_procedures_chosen,
    CampaignStarted: on_campaign,
    CampaignUpdated: on_campaign,
    SessionHeld: on_session_held,
    CommunicationPublished: on_communication_published,
    OfficialSignatureIssued: on_official_signature_issued,
    SourceChecked: on_source_checked,
}


@batch_handler
async def on_what_counts(session: Session, facts: Sequence[Event]) -> None:
    """Takes a whole run of facts: the states that they change are locked by one statement, in one order."""
    ledger = await ledger_of(session)
    await ledger.take(session, {key for fact in facts if (key := subject_of(fact)) is not None})
    for fact in facts:
        await COUNTED[type(fact)](session, fact)


HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    PlanFiled: on_plan_filed,
    CountsTaken: on_counts_taken,
    **dict.fromkeys(COUNTED, on_what_counts),
}


def subject_of(fact: Event) -> tuple[str, str] | None:
    """The kind and id of the state that a fact changes: by its topic, and the first of these ids that it has."""
    for kind, name in SUBJECTS.get(fact.topic, ()):
        id = getattr(fact, name, None)
        if id is not None:
            return kind, str(id)
    return None


SUBJECTS = {
    topics.RESIDENTS: [("person", "resident_id")],
    topics.ORGANIZATIONS: [("organization", "organization_id")],
    topics.ONBOARDING: [("person", "resident_id"), ("organization", "organization_id")],
    topics.MERCHANTS: [("merchant", "merchant_id")],
    topics.PAYMENTS: [("payment", "payment_id")],
    topics.DOSSIERS: [("dossier", "dossier_id"), ("choice", "unit_id")],
    topics.FEEDBACK: [("feedback", "feedback_id")],
    topics.CAMPAIGNS: [
        ("session", "session_id"),
        ("communication", "communication_id"),
        ("official", "official_id"),
        ("campaign", "campaign_id"),
    ],
    topics.SOURCES: [("source", "source")],
}
