"""Residents and organizations: where they belong, whether they live, who speaks for whom."""

from uuid import UUID

from casework.model.people import KnownOrganization, KnownResident
from chassis.database import Session
from contracts.registry import (
    OrganizationRegistered,
    OrganizationSnapshot,
    OrganizationUpdated,
    ResidentMerged,
    ResidentSnapshot,
)


async def on_resident_changed(session: Session, fact: ResidentSnapshot) -> None:
    """Keeps the newest snapshot; a resident that is no longer merged leads to nobody else."""
    await _keep(session, fact, survivor_id=None)


async def on_resident_merged(session: Session, fact: ResidentMerged) -> None:
    """The duplicate leads to its survivor from now on."""
    await _keep(session, fact, survivor_id=fact.survivor_id)


async def on_organization_registered(session: Session, fact: OrganizationRegistered) -> None:
    await _keep_organization(session, fact)


async def on_organization_updated(session: Session, fact: OrganizationUpdated) -> None:
    await _keep_organization(session, fact)


async def _keep(session: Session, fact: ResidentSnapshot, *, survivor_id: UUID | None) -> None:
    known = await session.get(KnownResident, fact.resident_id)
    if known is not None and known.version >= fact.version:
        return
    await session.merge(
        KnownResident(
            id=fact.resident_id,
            version=fact.version,
            unit_id=fact.unit_id,
            unit_code=fact.unit_code,
            household_id=fact.household_id,
            life=fact.life,
            survivor_id=survivor_id,
        )
    )


async def _keep_organization(session: Session, fact: OrganizationSnapshot) -> None:
    known = await session.get(KnownOrganization, fact.organization_id)
    if known is not None and known.version >= fact.version:
        return
    await session.merge(
        KnownOrganization(
            id=fact.organization_id,
            version=fact.version,
            unit_id=fact.unit_id,
            unit_code=fact.unit_code,
            representative_id=fact.representative_id,
            active=fact.active,
        )
    )
