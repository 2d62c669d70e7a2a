"""Consents of residents. In doubt there is none."""

from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.consents import Consent


async def has_consent(session: ReadSession, resident_id: UUID, grantee: str, purpose: str) -> bool:
    """Whether a consent is valid now; a withdrawal counts from the next request on."""
    found = await session.exec(
        select(Consent).where(
            Consent.resident_id == resident_id, Consent.grantee == grantee, Consent.purpose == purpose,
            col(Consent.withdrawn_at).is_(None),
        )
    )  # fmt: skip
    moment = now()
    return any(consent.is_valid(moment) for consent in found)


async def list_consents(session: ReadSession, resident_id: UUID, page: Page) -> tuple[list[Consent], str | None]:
    """All consents ever given, oldest first."""
    return await page_by_id(session, select(Consent).where(Consent.resident_id == resident_id), Consent.id, page)
