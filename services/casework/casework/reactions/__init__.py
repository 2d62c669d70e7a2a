"""What casework hears."""

from casework.reactions.campaigns import on_campaign_started, on_campaign_updated
from casework.reactions.fees import on_bill_paid, on_fee_uncollectable, on_payment_reversed, on_qr_issued
from casework.reactions.people import (
    on_organization_registered,
    on_organization_updated,
    on_resident_changed,
    on_resident_merged,
)
from casework.reactions.portal import on_partner_event_received
from chassis.consumer import Reactions
from chassis.scope import on_unit_changed
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

HEARD: Reactions = {
    UnitChanged: on_unit_changed,
    ResidentRegistered: on_resident_changed,
    ResidentUpdated: on_resident_changed,
    ResidentMoved: on_resident_changed,
    ResidentDeceased: on_resident_changed,
    ResidentUnmerged: on_resident_changed,
    ResidentMerged: on_resident_merged,
    OrganizationRegistered: on_organization_registered,
    OrganizationUpdated: on_organization_updated,
    CampaignStarted: on_campaign_started,
    CampaignUpdated: on_campaign_updated,
    QrIssued: on_qr_issued,
    BillPaid: on_bill_paid,
    PaymentReversed: on_payment_reversed,
    FeeUncollectable: on_fee_uncollectable,
    PartnerEventReceived: on_partner_event_received,
}
