"""Representatives of organizations: residents claim, officers of the unit decide."""

from uuid import UUID

from sqlmodel import func, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import OrganizationUpdated
from registry.errors import OrganizationExists, TooManyClaims
from registry.model.organizations import (
    CLAIM_REASON,
    CLAIMED,
    CONFIRMED,
    REFUSED,
    Organization,
    RepresentativeClaim,
)
from registry.model.residents import Resident

MOST_OPEN_CLAIMS = 20
"""Open claims of one resident."""


async def claim_organization(
    session: Session, organization: Organization, resident: Resident, unit: KnownUnit
) -> RepresentativeClaim:
    """Store a resident's claim; a repeated one changes nothing, a refused one is open again.

    Whose personal number is the tax code (household businesses since July 2025) is proven and confirmed at once.
    """
    if organization.confirmed_representative_id == resident.id:
        raise OrganizationExists()
    claim = await find_claim(session, organization, resident.id)
    if claim is None or claim.status != CLAIMED:
        await _refuse_too_many(session, resident.id)
    if claim is None:
        claim = RepresentativeClaim(id=new_id(), organization_id=organization.id, resident_id=resident.id,
                                    unit_id=unit.id, claimed_at=now())  # fmt: skip
    claim.status, claim.unit_id = CLAIMED, unit.id
    session.add(claim)
    if organization.representative_id is None:
        organization.representative_id, organization.representative_status = resident.id, CLAIMED
        session.add(organization)
    await session.flush()
    if organization.decrypted_tax_code() == resident.value("personal_id"):
        await confirm_representative(session, organization, claim, resident, "system")
    return claim


async def _refuse_too_many(session: Session, resident_id: UUID) -> None:
    open_claims = select(func.count()).where(
        RepresentativeClaim.resident_id == resident_id, RepresentativeClaim.status == CLAIMED
    )
    if (await session.exec(open_claims)).one() >= MOST_OPEN_CLAIMS:
        raise TooManyClaims()


async def find_claim(session: Session, organization: Organization, resident_id: UUID) -> RepresentativeClaim | None:
    """The claim of a resident, locked, whatever its status."""
    found = await session.exec(
        select(RepresentativeClaim)
        .where(RepresentativeClaim.organization_id == organization.id, RepresentativeClaim.resident_id == resident_id)
        .with_for_update()
    )
    return found.first()


async def confirm_representative(
    session: Session, organization: Organization, claim: RepresentativeClaim, resident: Resident, by: str
) -> None:
    """Make a claim the representative; one confirmed before is replaced, and its claim is open again."""
    replaced = organization.confirmed_representative_id
    if replaced is not None and replaced != claim.resident_id:
        before = await find_claim(session, organization, replaced)
        if before is not None:
            _decide(session, before, CLAIMED, by, None)
    if organization.is_only_claimed:
        # Nothing of the record was confirmed yet, its unit neither: the confirmed claim names it.
        organization.unit_id = claim.unit_id
    organization.representative_id, organization.representative_status = claim.resident_id, CONFIRMED
    organization.has_smartphone = bool(resident.has_smartphone)
    _decide(session, claim, CONFIRMED, by, None)
    await _publish(session, organization)


async def refuse_representative(
    session: Session, organization: Organization, claim: RepresentativeClaim, by: str, reason: str | None
) -> None:
    """Refuse a claim, or take back its confirmation; the claim may be confirmed later all the same."""
    _decide(session, claim, REFUSED, by, reason)
    if organization.representative_id == claim.resident_id:
        organization.representative_id = organization.representative_status = None
    await _publish(session, organization)


def _decide(session: Session, claim: RepresentativeClaim, status: str, by: str, reason: str | None) -> None:
    claim.status, claim.decided_by, claim.decided_at = status, by, now()
    claim.reason = encrypt(CLAIM_REASON, str(claim.id), reason) if reason else None
    session.add(claim)


async def _publish(session: Session, organization: Organization) -> None:
    organization.touch(now())
    session.add(organization)
    unit = (await units_of(session, [organization.unit_id]))[organization.unit_id]
    publish(session, OrganizationUpdated.model_validate(organization.snapshot(unit.code)))


async def adopt_claim(session: Session, organization: Organization) -> None:
    """Give a representative that a release before stored without a claim a claim, so that an officer can decide it."""
    resident_id = organization.representative_id
    if resident_id is None or await find_claim(session, organization, resident_id):
        return
    status = CONFIRMED if organization.confirmed_representative_id else CLAIMED
    session.add(
        RepresentativeClaim(id=new_id(), organization_id=organization.id, resident_id=resident_id, status=status,
                            unit_id=organization.unit_id, claimed_at=organization.registered_at)
    )  # fmt: skip
    await session.flush()
