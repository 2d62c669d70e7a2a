"""Residents and organizations: where they belong, whether they live, who speaks for whom."""

from uuid import UUID

from sqlalchemy import text

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
    await session.execute(
        _KEEP_RESIDENT,
        {
            "id": fact.resident_id,
            "version": fact.version,
            "unit_id": fact.unit_id,
            "unit_code": fact.unit_code,
            "household_id": fact.household_id,
            "life": fact.life,
            "survivor_id": survivor_id,
        },
    )


async def _keep_organization(session: Session, fact: OrganizationSnapshot) -> None:
    await session.execute(
        _KEEP_ORGANIZATION,
        {
            "id": fact.organization_id,
            "version": fact.version,
            "unit_id": fact.unit_id,
            "unit_code": fact.unit_code,
            "representative_id": fact.representative_id,
            "active": fact.active,
        },
    )


# One statement a fact: a list of a whole province arrives as millions of them.
_KEEP_RESIDENT = text(
    "INSERT INTO known_resident AS known (id, version, unit_id, unit_code, household_id, life, survivor_id)"
    " VALUES (:id, :version, :unit_id, :unit_code, :household_id, :life, :survivor_id)"
    " ON CONFLICT (id) DO UPDATE SET (version, unit_id, unit_code, household_id, life, survivor_id)"
    " = (excluded.version, excluded.unit_id, excluded.unit_code, excluded.household_id, excluded.life,"
    " excluded.survivor_id) WHERE known.version < excluded.version"
)
_KEEP_ORGANIZATION = text(
    "INSERT INTO known_organization AS known (id, version, unit_id, unit_code, representative_id, active)"
    " VALUES (:id, :version, :unit_id, :unit_code, :representative_id, :active)"
    " ON CONFLICT (id) DO UPDATE SET (version, unit_id, unit_code, representative_id, active)"
    " = (excluded.version, excluded.unit_id, excluded.unit_code, excluded.representative_id, excluded.active)"
    " WHERE known.version < excluded.version"
)
