"""The events that this service subscribes to, and their handlers."""

from chassis.messaging.consumer import EventHandlers
from contracts.casework import ProceduresChosen
from contracts.counts import CountsTaken
from contracts.gateway import PartnerChanged
from contracts.payments_qr import MerchantActivated, MerchantRegistered, MerchantSuspended, MerchantUpdated
from contracts.registry import (
    OrganizationAttested,
    ResidentAttested,
    ResidentConsentChanged,
    ResidentMerged,
    ResidentUnmerged,
    UnitChanged,
)
from onboarding.handlers.consents import on_consent_changed
from onboarding.handlers.counts import on_counts_taken
from onboarding.handlers.dossiers import on_procedures_chosen
from onboarding.handlers.merchants import on_merchant_changed
from onboarding.handlers.organizations import on_organization, on_organization_attested
from onboarding.handlers.partners import on_partner_changed
from onboarding.handlers.residents import (
    on_resident_merged,
    on_resident_unmerged,
    on_residents,
)
from onboarding.handlers.units import on_units
from replicas.handlers import ORGANIZATION_EVENTS, RESIDENT_EVENTS

HANDLERS: EventHandlers = {
    UnitChanged: on_units,
    **dict.fromkeys(RESIDENT_EVENTS, on_residents),
    ResidentMerged: on_resident_merged,
    ResidentUnmerged: on_resident_unmerged,
    **dict.fromkeys(ORGANIZATION_EVENTS, on_organization),
    ResidentAttested: on_residents,
    ResidentConsentChanged: on_consent_changed,
    OrganizationAttested: on_organization_attested,
    PartnerChanged: on_partner_changed,
    MerchantRegistered: on_merchant_changed,
    MerchantActivated: on_merchant_changed,
    MerchantSuspended: on_merchant_changed,
    MerchantUpdated: on_merchant_changed,
    ProceduresChosen: on_procedures_chosen,
    CountsTaken: on_counts_taken,
}
