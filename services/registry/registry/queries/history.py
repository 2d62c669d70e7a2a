"""All data of a person: the history of each attribute, and the export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.attributes import ATTRIBUTES
from registry.model.consents import Consent
from registry.model.identity_links import IdentityLink
from registry.model.move_requests import MoveRequest
from registry.model.organizations import Organization
from registry.model.provenance import AttributeRecord, Correction
from registry.model.representations import Representation
from registry.model.residents import Resident
from registry.queries.access import LoggedAccess, list_access
from registry.queries.identity_links import list_links
from registry.queries.move_requests import ShownMove, shown_moves
from registry.queries.representations import list_representatives, list_represented, survivors_of
from registry.queries.residents import KnownValue, list_attributes, values_of

MOST_ACCESSES = 1000
"""Entries of the access log in an export; the log itself has all of them, page by page."""


@dataclass(frozen=True, slots=True)
class PersonExport:
    """Everything about one person, in full."""

    resident: Resident
    values: dict[str, Any]
    attributes: list[KnownValue]
    records: Sequence[AttributeRecord]
    consents: Sequence[Consent]
    corrections: Sequence[Correction]
    organization_ids: Sequence[UUID]
    accounts: Sequence[IdentityLink]
    representatives: list[tuple[Representation, Resident]]
    """Who acts or acted for the person, each with the record of the one who acts."""
    represented: Sequence[Representation]
    """For whom the person may act today."""
    moves: list[ShownMove]
    access_log: list[LoggedAccess]


async def list_history(
    session: ReadSession, resident_id: UUID, name: str, page: Page
) -> tuple[list[AttributeRecord], str | None]:
    """Values that an attribute had or that linked databases give; oldest first."""
    query = select(AttributeRecord).where(AttributeRecord.resident_id == resident_id, AttributeRecord.name == name)
    return await page_by_id(session, query, AttributeRecord.id, page)


async def export_of(session: ReadSession, caller: Caller, resident: Resident) -> PersonExport:
    """Everything about one person, as the caller may see it."""
    exported = [name for name, attribute in ATTRIBUTES.items() if attribute.exported]
    records = await session.exec(
        select(AttributeRecord)
        .where(AttributeRecord.resident_id == resident.id, col(AttributeRecord.name).in_(exported))
        .order_by(col(AttributeRecord.id))
    )
    consents = await session.exec(select(Consent).where(Consent.resident_id == resident.id))
    corrections = await session.exec(select(Correction).where(Correction.resident_id == resident.id))
    organizations = await session.exec(select(Organization.id).where(Organization.representative_id == resident.id))
    moves = await session.exec(select(MoveRequest).where(MoveRequest.resident_id == resident.id))
    representations = await list_representatives(session, resident.id)
    people = await survivors_of(session, [each.representative_id for each in representations])
    access, _ = await list_access(session, resident.id, Page(limit=MOST_ACCESSES, cursor=None))
    values = await values_of(session, resident)
    attributes = await list_attributes(session, resident)
    return PersonExport(
        resident=resident, values={name: value for name, value in values.items() if name in exported},
        attributes=[known for known in attributes if known.name in exported], records=records.all(),
        consents=consents.all(), corrections=corrections.all(), organization_ids=organizations.all(),
        accounts=await list_links(session, resident.id),
        representatives=[(each, people[each.representative_id]) for each in representations],
        represented=await list_represented(session, resident.id),
        moves=await shown_moves(session, caller, list(moves)), access_log=access,
    )  # fmt: skip
