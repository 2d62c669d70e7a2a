"""Who may act for whom."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select

from chassis.storage.database import ReadSession, Session
from registry.model.representations import Representation
from registry.model.residents import Resident
from registry.queries.identity_links import records_of, survivor_of


async def list_representatives(session: ReadSession, resident_id: UUID) -> Sequence[Representation]:
    """Who acts or acted for a resident, and for the records merged into it, oldest first."""
    people = await records_of(session, resident_id)
    found = await session.exec(
        select(Representation).where(col(Representation.resident_id).in_(people)).order_by(col(Representation.id))
    )
    return found.all()


async def list_staff(session: ReadSession, organization_id: UUID) -> Sequence[Representation]:
    """Who acts or acted for an organization, oldest first; its owner is not among them."""
    query = select(Representation).where(Representation.organization_id == organization_id)
    return (await session.exec(query.order_by(col(Representation.id)))).all()


async def list_represented(session: ReadSession, representative_id: UUID) -> Sequence[Representation]:
    """For whom a resident may act today, oldest first."""
    people = await records_of(session, representative_id)
    found = await session.exec(
        select(Representation)
        .where(col(Representation.representative_id).in_(people), col(Representation.ended_at).is_(None))
        .order_by(col(Representation.id))
    )
    return [each for each in found if not each.is_over]


async def touching(session: ReadSession, ids: Sequence[UUID]) -> Sequence[Representation]:
    """The representations that are not ended, on either side of which one of these records or its duplicates is."""
    people = [record for one in ids for record in await records_of(session, one)]
    found = await session.exec(
        select(Representation).where(
            or_(col(Representation.resident_id).in_(people), col(Representation.representative_id).in_(people)),
            col(Representation.ended_at).is_(None),
        )
    )
    return found.all()


async def find_representation(session: Session, resident_id: UUID, representation_id: UUID) -> Representation | None:
    """A representation of this resident, or of a record merged into it, locked."""
    found = await session.get(Representation, representation_id, with_for_update=True)
    return (
        found if found and found.resident_id and found.resident_id in await records_of(session, resident_id) else None
    )


async def find_staff(session: Session, organization_id: UUID, representation_id: UUID) -> Representation | None:
    """A representation of this organization, locked."""
    found = await session.get(Representation, representation_id, with_for_update=True)
    return found if found and found.organization_id == organization_id else None


async def survivors_of(session: ReadSession, ids: Sequence[UUID | None]) -> dict[UUID, Resident]:
    """The residents of ids, by the id that was asked for; survivors where a record was merged."""
    found = {one: await survivor_of(session, one) for one in set(ids) if one}
    return {one: resident for one, resident in found.items() if resident is not None}
