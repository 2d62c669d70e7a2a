"""The events that this service subscribes to, and their handlers."""

from chassis.messaging.consumer import EventHandlers
from contracts.casework import (
    DocumentChanged,
    DocumentSent,
    DossierChanged,
    DossierCompleted,
    FeedbackAnswered,
    IncidentChanged,
    ProceduresChosen,
)
from contracts.counts import CountsTaken
from contracts.gateway import PartnerChanged
from contracts.payments_qr import MerchantActivated, MerchantRegistered, MerchantSuspended, MerchantUpdated
from contracts.registry import (
    OrganizationAttested,
    OrganizationRegistered,
    OrganizationUpdated,
    ResidentAttested,
    ResidentConsentChanged,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUnmerged,
    ResidentUpdated,
    UnitChanged,
)
from onboarding.handlers.consents import on_consent_changed
from onboarding.handlers.counts import on_counts_taken
from onboarding.handlers.dossiers import (
    on_document_changed,
    on_document_sent,
    on_dossier_changed,
    on_feedback_answered,
    on_incident_changed,
    on_procedures_chosen,
)
from onboarding.handlers.merchants import on_merchant_changed
from onboarding.handlers.organizations import on_organization_attested, on_organization_told
from onboarding.handlers.partners import on_partner_changed
from onboarding.handlers.residents import (
    on_resident_merged,
    on_resident_unmerged,
    on_residents_heard,
)
from onboarding.handlers.units import on_units_told

HANDLERS: EventHandlers = {
    UnitChanged: on_units_told,
    ResidentRegistered: on_residents_heard,
    ResidentUpdated: on_residents_heard,
    ResidentMoved: on_residents_heard,
    ResidentDeceased: on_residents_heard,
    ResidentMerged: on_resident_merged,
    ResidentUnmerged: on_resident_unmerged,
    ResidentAttested: on_residents_heard,
    ResidentConsentChanged: on_consent_changed,
    OrganizationRegistered: on_organization_told,
    OrganizationUpdated: on_organization_told,
    OrganizationAttested: on_organization_attested,
    PartnerChanged: on_partner_changed,
    MerchantRegistered: on_merchant_changed,
    MerchantActivated: on_merchant_changed,
    MerchantSuspended: on_merchant_changed,
    MerchantUpdated: on_merchant_changed,
    DossierChanged: on_dossier_changed,
    DossierCompleted: on_dossier_changed,
    FeedbackAnswered: on_feedback_answered,
    DocumentSent: on_document_sent,
    DocumentChanged: on_document_changed,
    IncidentChanged: on_incident_changed,
    ProceduresChosen: on_procedures_chosen,
    CountsTaken: on_counts_taken,
}
