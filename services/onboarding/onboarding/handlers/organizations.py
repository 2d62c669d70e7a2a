"""Events about organizations: the owner's smartphone, and whether the provincial app is installed."""

from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.storage.database import Session
from contracts.registry import OrganizationAttested, OrganizationSnapshot
from onboarding.commands.organizations import recompute_organization
from onboarding.model.attestations import evidence_of
from onboarding.model.journeys import StepEvidence
from onboarding.model.people import KnownOrganization


async def on_organization(session: Session, event: OrganizationSnapshot) -> None:
    """Stores the newest snapshot."""
    organization = await _known(session, event)
    if organization.apply(event):
        session.add(organization)


async def on_organization_attested(session: Session, event: OrganizationAttested) -> None:
    """Adds a partner's event as evidence of the provincial app."""
    evidence = evidence_of(event.attestation)
    if evidence is None or evidence.step != "province_app":
        return
    organization = await _known(session, event)
    if await session.get(StepEvidence, (organization.id, evidence.id)) is None:
        session.add(StepEvidence.of(organization.id, evidence, at=now()))
        await recompute_organization(session, organization)


async def _known(session: Session, event: OrganizationSnapshot | OrganizationAttested) -> KnownOrganization:
    blank = KnownOrganization(id=event.organization_id, unit_id=event.unit_id, unit_code=event.unit_code).model_dump()
    await session.exec(insert(KnownOrganization).values(**blank).on_conflict_do_nothing())
    return await session.get_one(KnownOrganization, event.organization_id, with_for_update=True, populate_existing=True)
