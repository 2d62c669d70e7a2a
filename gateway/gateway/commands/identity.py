"""Accounts and representatives of residents, as the registry publishes them."""

from sqlalchemy.dialects.postgresql import insert

from chassis.storage.database import Session
from contracts.registry import IdentityLinkChanged, OrganizationSnapshot, RepresentationChanged
from gateway.model import IdentityLink, Representation

EVERY_SCOPE = ["dossiers", "documents", "onboarding", "payments"]


async def store_link(session: Session, event: IdentityLinkChanged) -> None:
    """Store an account's link as it stands now."""
    values = {
        "id": event.link_id, "resident_id": event.resident_id, "issuer": event.issuer,
        "subject_index": bytes.fromhex(event.subject_index),
        "claims_index": bytes.fromhex(event.claims_index) if event.claims_index else None,
        "linked_at": event.linked_at, "is_active": event.active,
    }  # fmt: skip
    await session.execute(insert(IdentityLink).values(values).on_conflict_do_update(index_elements=["id"], set_=values))


async def store_representation(session: Session, event: RepresentationChanged) -> None:
    """Store who may act for whom."""
    await _store(session, {
        "id": event.representation_id, "resident_id": event.resident_id, "organization_id": event.organization_id,
        "representative_id": event.representative_id, "scope": event.scope, "until": event.until,
        "is_active": event.active,
    })  # fmt: skip


async def store_owner(session: Session, event: OrganizationSnapshot) -> None:
    """The confirmed representative of an organization acts for it in everything; one that is only claimed does not."""
    row = await session.get(Representation, event.organization_id)
    if event.representative_id is None or not event.representative_confirmed or not event.active:
        if row is not None:
            row.is_active = False
            session.add(row)
        return
    await _store(session, {
        "id": event.organization_id, "resident_id": None, "organization_id": event.organization_id,
        "representative_id": event.representative_id, "scope": EVERY_SCOPE, "until": None, "is_active": True,
    })  # fmt: skip


async def _store(session: Session, values: dict[str, object]) -> None:
    await session.execute(
        insert(Representation).values(values).on_conflict_do_update(index_elements=["id"], set_=values)
    )
