"""What this service hears, and what it does about it."""

from chassis.consumer import Reactions
from chassis.scope import on_unit_changed
from contracts.gateway import PartnerChanged
from contracts.registry import (
    OrganizationAttested,
    OrganizationRegistered,
    OrganizationUpdated,
    ResidentAttested,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUnmerged,
    ResidentUpdated,
    UnitChanged,
)
from onboarding.reactions.organizations import on_organization_attested, on_organization_told
from onboarding.reactions.partners import on_partner_changed
from onboarding.reactions.residents import (
    on_resident_attested,
    on_resident_merged,
    on_resident_told,
    on_resident_unmerged,
)

REACTIONS: Reactions = {
    UnitChanged: on_unit_changed,
    ResidentRegistered: on_resident_told,
    ResidentUpdated: on_resident_told,
    ResidentMoved: on_resident_told,
    ResidentDeceased: on_resident_told,
    ResidentMerged: on_resident_merged,
    ResidentUnmerged: on_resident_unmerged,
    ResidentAttested: on_resident_attested,
    OrganizationRegistered: on_organization_told,
    OrganizationUpdated: on_organization_told,
    OrganizationAttested: on_organization_attested,
    PartnerChanged: on_partner_changed,
}
