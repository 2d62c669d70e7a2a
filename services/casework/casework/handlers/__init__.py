"""Event handlers of casework, by event type."""

from casework.handlers.campaigns import on_campaign_started, on_campaign_updated
from casework.handlers.fees import on_bill_paid, on_fee_uncollectable, on_payment_reversed, on_qr_issued
from casework.handlers.portal import on_partner_events_received
from casework.handlers.units import on_units
from casework.model.people import KnownOrganization, KnownResident
from chassis.messaging.consumer import EventHandlers
from contracts.gateway import PartnerEventReceived
from contracts.onboarding import CampaignStarted, CampaignUpdated
from contracts.payments_qr import BillPaid, FeeUncollectable, PaymentReversed, QrIssued
from contracts.registry import UnitChanged
from replicas.handlers import organization_handlers, resident_handlers

HANDLERS: EventHandlers = {
    UnitChanged: on_units,
    **resident_handlers(KnownResident),
    **organization_handlers(KnownOrganization),
    CampaignStarted: on_campaign_started,
    CampaignUpdated: on_campaign_updated,
    QrIssued: on_qr_issued,
    BillPaid: on_bill_paid,
    PaymentReversed: on_payment_reversed,
    FeeUncollectable: on_fee_uncollectable,
    PartnerEventReceived: on_partner_events_received,
}
