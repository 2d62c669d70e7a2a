"""Whether a resident has allowed something. In doubt: no."""

from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.consents import Consent
from registry.schemas.rights import ConsentView


async def has_consent(session: ReadSession, resident_id: UUID, grantee: str, purpose: str) -> bool:
    """Whether a consent stands at this moment; a withdrawal counts from the next question on."""
    found = await session.exec(
        select(Consent).where(
            Consent.resident_id == resident_id, Consent.grantee == grantee, Consent.purpose == purpose,
            col(Consent.withdrawn_at).is_(None),
        )
    )  # fmt: skip
    moment = now()
    return any(consent.is_valid(moment) for consent in found)


async def list_consents(session: ReadSession, resident_id: UUID, page: Page) -> tuple[list[ConsentView], str | None]:
    """All consents ever given, oldest first."""
    rows, cursor = await page_by_id(
        session, select(Consent).where(Consent.resident_id == resident_id), Consent.id, page
    )
    return [consent_view(row) for row in rows], cursor


def consent_view(consent: Consent) -> ConsentView:
    """A consent as it stands now."""
    status = "withdrawn" if consent.withdrawn_at else "valid" if consent.is_valid(now()) else "expired"
    return ConsentView.model_validate(consent.model_dump() | {"status": status})
