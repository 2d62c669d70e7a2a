"""Event handlers of casework, by event type."""

from casework.handlers.campaigns import on_campaign_started, on_campaign_updated
from casework.handlers.fees import on_bill_paid, on_fee_uncollectable, on_payment_reversed, on_qr_issued
from casework.handlers.people import on_organizations_told, on_residents_told
from casework.handlers.portal import on_partner_events_received
from chassis.messaging.consumer import EventHandlers
from chassis.security.scope import on_unit_changed
from contracts.gateway import PartnerEventReceived
from contracts.onboarding import CampaignStarted, CampaignUpdated
from contracts.payments_qr import BillPaid, FeeUncollectable, PaymentReversed, QrIssued
from contracts.registry import (
    OrganizationRegistered,
    OrganizationUpdated,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUnmerged,
    ResidentUpdated,
    UnitChanged,
)

HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    ResidentRegistered: on_residents_told,
    ResidentUpdated: on_residents_told,
    ResidentMoved: on_residents_told,
    ResidentDeceased: on_residents_told,
    ResidentUnmerged: on_residents_told,
    ResidentMerged: on_residents_told,
    OrganizationRegistered: on_organizations_told,
    OrganizationUpdated: on_organizations_told,
    CampaignStarted: on_campaign_started,
    CampaignUpdated: on_campaign_updated,
    QrIssued: on_qr_issued,
    BillPaid: on_bill_paid,
    PaymentReversed: on_payment_reversed,
    FeeUncollectable: on_fee_uncollectable,
    PartnerEventReceived: on_partner_events_received,
}
