"""Accounts of residents at identity providers, and residents through their merges."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.security.sign_in import Claims
from chassis.storage.database import ReadSession, Session
from registry.model.identity_links import IdentityLink
from registry.model.residents import Resident


async def find_account(session: Session, claims: Claims) -> IdentityLink | None:
    """The active link of an account, locked."""
    found = await session.exec(
        select(IdentityLink)
        .where(
            IdentityLink.issuer == claims.issuer,
            col(IdentityLink.subject_index).in_(claims.subject_indexes()),
            col(IdentityLink.ended_at).is_(None),
        )
        .with_for_update()
    )
    return found.first()


async def was_ended(session: ReadSession, claims: Claims, people: Sequence[UUID]) -> bool:
    """Whether a link of this account with one of these records was ended."""
    ended = select(IdentityLink.id).where(
        IdentityLink.issuer == claims.issuer,
        col(IdentityLink.subject_index).in_(claims.subject_indexes()),
        col(IdentityLink.resident_id).in_(people),
        col(IdentityLink.ended_at).is_not(None),
    )
    return (await session.exec(ended.limit(1))).first() is not None


async def has_account(session: ReadSession, issuer: str, people: Sequence[UUID]) -> bool:
    """Whether one of these records has an active link at an issuer."""
    active = select(IdentityLink.id).where(
        IdentityLink.issuer == issuer,
        col(IdentityLink.resident_id).in_(people),
        col(IdentityLink.ended_at).is_(None),
    )
    return (await session.exec(active.limit(1))).first() is not None


async def list_links(session: ReadSession, resident_id: UUID) -> Sequence[IdentityLink]:
    """All links of a resident and of the records merged into it, ended ones too, oldest first."""
    people = await records_of(session, resident_id)
    found = await session.exec(
        select(IdentityLink).where(col(IdentityLink.resident_id).in_(people)).order_by(col(IdentityLink.id))
    )
    return found.all()


async def find_link(session: Session, resident_id: UUID, link_id: UUID) -> IdentityLink | None:
    """A link of this resident, or of a record merged into it, locked."""
    link = await session.get(IdentityLink, link_id, with_for_update=True)
    return link if link and link.resident_id in await records_of(session, resident_id) else None


async def survivor_of(session: ReadSession, resident_id: UUID, *, for_update: bool = False) -> Resident | None:
    """The resident, or the one into whom the record was merged."""
    resident = await session.get(Resident, resident_id, with_for_update=for_update or None)
    while resident is not None and resident.merged_into is not None:
        resident = await session.get(Resident, resident.merged_into, with_for_update=for_update or None)
    return resident


async def records_of(session: ReadSession, survivor_id: UUID) -> list[UUID]:
    """The id of a resident and of every record that was merged into it."""
    return list((await session.execute(_RECORDS, {"id": survivor_id})).scalars())


_RECORDS = text(
    "WITH RECURSIVE record AS (SELECT cast(:id AS uuid) AS id"
    " UNION SELECT r.id FROM resident AS r JOIN record ON r.merged_into = record.id) SELECT id FROM record"
)
