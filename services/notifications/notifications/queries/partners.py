"""What notifications knows of a partner."""

from chassis.storage.database import ReadSession
from notifications.model.partners import KnownPartner


async def is_app(session: ReadSession, partner_id: str) -> bool:
    """Whether the partner is the province's app."""
    partner = await session.get(KnownPartner, partner_id)
    return partner is not None and partner.is_app
