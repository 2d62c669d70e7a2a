"""Organizations enter the registry and change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.storage.database import ReadSession, Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import OrganizationRegistered, OrganizationUpdated
from registry.commands.attestations import apply_unmatched_of
from registry.commands.identifier_locks import Subject, assign_to_organization, lock_subjects, subject
from registry.commands.representatives import claim_organization
from registry.errors import OrganizationExists
from registry.model.organizations import CLAIMED, CONFIRMED, ORGANIZATION_PHONE, TAX_CODE, Organization
from registry.model.residents import Resident


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """An organization to register, with normalised numbers."""

    unit: KnownUnit
    tax_code: str
    name: str
    kind: str
    representative_id: UUID | None
    phone: str | None
    has_smartphone: bool | None
    recorded_by: Literal["officer", "resident"] = "officer"


async def register_organization(session: Session, new: NewOrganization) -> Organization:
    """Register an organization with a representative whom the officer confirms; 409 when the tax code is taken.

    A resident only claims: on a tax code that is taken too, so that a false claim never shuts out the real owner. Events
    that waited for the tax code are applied.
    """
    owner = await _representative(session, new.representative_id)
    wanted = subject("tax_code", new.tax_code)
    owners = await lock_subjects(session, [wanted])
    taken = next((owners[index].organization_id for index in wanted.indexes if owners[index].organization_id), None)
    if taken is None:
        organization = await _insert_organization(session, new, wanted, owner)
    else:
        organization = await session.get_one(Organization, taken, with_for_update=True)
        if new.recorded_by == "officer":
            await _replace_claimed(session, organization, new)
    if new.recorded_by == "resident" and owner is not None:
        await claim_organization(session, organization, owner, new.unit)
    return organization


async def _replace_claimed(session: Session, organization: Organization, new: NewOrganization) -> None:
    """An officer's registration replaces a record that a mere claim made, wherever the claim placed it."""
    if not organization.is_only_claimed:
        raise OrganizationExists()
    organization.recorded_by = "officer"
    stated: dict[str, Any] = {"name": new.name, "kind": new.kind, "phone": new.phone}
    await amend_organization(session, organization, new.unit, stated | {"representative_id": new.representative_id})


async def _insert_organization(
    session: Session, new: NewOrganization, wanted: Subject, owner: Resident | None
) -> Organization:
    organization_id, moment = new_id(), now()
    organization = Organization(
        id=organization_id, unit_id=new.unit.id, tax_code=encrypt(TAX_CODE, str(organization_id), new.tax_code),
        name=new.name, kind=new.kind, recorded_by=new.recorded_by, representative_id=new.representative_id,
        representative_status=_status_by(new.recorded_by) if new.representative_id else None,
        phone=encrypt(ORGANIZATION_PHONE, str(organization_id), new.phone) if new.phone else None,
        has_smartphone=_has_smartphone(new.has_smartphone, owner), registered_at=moment, changed_at=moment,
    )  # fmt: skip
    session.add(organization)
    await session.flush()
    await assign_to_organization(session, wanted, organization_id)
    publish(session, OrganizationRegistered.model_validate(organization.snapshot(new.unit.code)))
    await apply_unmatched_of(session, wanted.indexes)
    return organization


async def amend_organization(
    session: Session, organization: Organization, unit: KnownUnit, values: Mapping[str, Any]
) -> None:
    """Change an organization; `unit` is its unit afterwards. Only officers name a representative, who is confirmed by that."""
    changes = dict(values)
    if "representative_id" in changes:
        owner = await _representative(session, changes["representative_id"])
        changes["has_smartphone"] = _has_smartphone(changes.get("has_smartphone"), owner)
        changes["representative_status"] = CONFIRMED if owner else None
    if "phone" in changes:
        phone = changes["phone"]
        changes["phone"] = encrypt(ORGANIZATION_PHONE, str(organization.id), phone) if phone else None
    for name, value in changes.items():
        setattr(organization, name, value)
    organization.unit_id = unit.id
    organization.touch(now())
    session.add(organization)
    publish(session, OrganizationUpdated.model_validate(organization.snapshot(unit.code)))


def _status_by(recorded_by: str) -> str:
    return CONFIRMED if recorded_by == "officer" else CLAIMED


def _has_smartphone(stated: bool | None, owner: Resident | None) -> bool:
    return bool(owner and owner.has_smartphone) if stated is None else stated


async def _representative(session: ReadSession, resident_id: UUID | None) -> Resident | None:
    if resident_id is None:
        return None
    owner = await session.get(Resident, resident_id)
    if owner is None or owner.life == "merged":
        raise InvalidBody(errors=[FieldError("/representative/resident_id", "unknown-resident",
                                             "Không có người dân này.", "There is no such resident.")])  # fmt: skip
    return owner
