"""All that is held about a person: the history of each fact, and everything at once."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.consents import Consent
from registry.model.facts import Correction, FactRecord
from registry.model.organizations import Organization
from registry.model.residents import Resident
from registry.queries.access import list_access
from registry.queries.consents import consent_view
from registry.queries.corrections import correction_view
from registry.queries.prefill import value_of
from registry.queries.residents import list_facts, masked, values_of
from registry.schemas.residents import FactHistoryView


async def list_history(
    session: ReadSession, resident_id: UUID, name: str, page: Page
) -> tuple[list[FactHistoryView], str | None]:
    """Values that a fact once had or that linked databases give; oldest first, numbers masked."""
    query = select(FactRecord).where(FactRecord.resident_id == resident_id, FactRecord.name == name)
    rows, cursor = await page_by_id(session, query, FactRecord.id, page)
    return [_history(row, masked(name, value_of(row))) for row in rows], cursor


def _history(row: FactRecord, value: Any) -> FactHistoryView:
    return FactHistoryView.model_validate(row.model_dump(exclude={"value"}) | {"value": value})


async def export_of(session: ReadSession, resident: Resident) -> dict[str, Any]:
    """Everything about one person, in full, as plain data."""
    records = await session.exec(
        select(FactRecord).where(FactRecord.resident_id == resident.id).order_by(col(FactRecord.id))
    )
    consents = await session.exec(select(Consent).where(Consent.resident_id == resident.id))
    corrections = await session.exec(select(Correction).where(Correction.resident_id == resident.id))
    organizations = await session.exec(select(Organization.id).where(Organization.representative_id == resident.id))
    access, _ = await list_access(session, resident.id, Page(limit=1000, cursor=None))
    return {
        "resident_id": resident.id,
        "status": resident.life,
        "registered_at": resident.registered_at,
        "values": await values_of(session, resident),
        "facts": [fact.model_dump() for fact in await list_facts(session, resident)],
        "history": [_history(row, value_of(row)).model_dump() for row in records],
        "consents": [consent_view(row).model_dump() for row in consents],
        "corrections": [correction_view(row).model_dump() for row in corrections],
        "organizations": list(organizations),
        "access_log": [entry.model_dump() for entry in access],
    }
